"""Answers to exercise 5E: what learners get wrong, and ways to be right."""

from bank.form import Bank

from course.asking.rehearsal import SAVE_RESULTS


def call(job, message):
    done, results = job.saved("state") or (0, [])
    while done < job.units and job.left() > 1.5 * job.longest:
        results = [*results, job.work(done)]
        done = done + 1
        job.save("state", (done, results))
    if done < job.units:
        job.send("go on")
    else:
        job.save("results", results)


def always_from_zero(job, message):
    results = []
    while len(results) < job.units and job.left() > 100:
        results.append(job.work(len(results)))
        job.save("results", results)
    if len(results) < job.units:
        job.send("go on")


def first_message_from_zero(job, message):
    results = [] if message is None else job.saved("results")
    while len(results) < job.units and job.left() > 100:
        results.append(job.work(len(results)))
        job.save("results", results)
    if len(results) < job.units:
        job.send("go on")


def progress_in_the_message(job, message):
    """Nothing is saved before the call has ended."""
    results = message or []
    while len(results) < job.units and job.left() > 100:
        results.append(job.work(len(results)))
    if len(results) < job.units:
        job.send(results)
    else:
        job.save("results", results)


def saved_at_the_end_of_a_call(job, message):
    results = job.saved("results") or []
    while len(results) < job.units and job.left() > 100:
        results.append(job.work(len(results)))
    job.save("results", results)
    if len(results) < job.units:
        job.send("go on")


def position_first(job, message):
    done, results = job.saved("done") or 0, job.saved("results") or []
    while done < job.units and job.left() > 100:
        job.save("done", done + 1)
        results.append(job.work(done))
        job.save("results", results)
        done += 1
    if done < job.units:
        job.send("go on")


def position_between(job, message):
    """The work is done before, and still not saved."""
    done, results = job.saved("done") or 0, job.saved("results") or []
    while done < job.units and job.left() > 100:
        results.append(job.work(done))
        done += 1
        job.save("done", done)
        job.save("results", results)
    if done < job.units:
        job.send("go on")


def position_last(job, message):
    done, results = job.saved("done") or 0, job.saved("results") or []
    while done < job.units and job.left() > 100:
        results.append(job.work(done))
        job.save("results", results)
        done += 1
        job.save("done", done)
    if done < job.units:
        job.send("go on")


def whole_chunks(job, message):
    """Four units at a time, and nothing for the rest."""
    results = job.saved("results") or []
    for _ in range(2):
        if len(results) // 4 < job.units // 4:
            chunk = [job.work(len(results) + place) for place in range(4)]
            results = results + chunk
            job.save("results", results)
    if len(results) // 4 < job.units // 4:
        job.send("go on")


def until(least, stops=lambda done: False):
    """A chain that begins a unit while more than `least` seconds are left."""
    def chain(job, message):
        results, begun = job.saved("results") or [], 0
        while len(results) < job.units and job.left() > least and not stops(begun):
            results.append(job.work(len(results)))
            job.save("results", results)
            begun += 1
        if len(results) < job.units:
            job.send("go on")

    return chain


def added_by_each_message(job, message):
    """A message for each chunk, and nobody asks whether it was done before."""
    if message is None:
        for start in range(0, job.units, 3):
            job.send(start)
        return
    chunk = [job.work(unit) for unit in range(message, min(message + 3, job.units))]
    job.save("results", (job.saved("results") or []) + chunk)


def for_ever(job, message):
    call(job, message)
    job.send("go on")


def twice_as_many(job, message):
    """Asks for the next call at the start, whatever is left."""
    job.send("go on")
    call(job, message)


def never_again(job, message):
    results = job.saved("results") or []
    while len(results) < job.units and job.left() > 100:
        results.append(job.work(len(results)))
        job.save("results", results)


def half_and_no_more(job, message):
    results = job.saved("results") or []
    while len(results) < 0.6 * job.units and job.left() > 100:
        results.append(job.work(len(results)))
        job.save("results", results)
    if len(results) < 0.5 * job.units:
        job.send("go on")


def counted(job, message):
    call(job, message)
    if job.saved("results"):
        job.save("results", len(job.saved("results")))


def numbered(job, message):
    """The numbers of the units in place of their results."""
    results = job.saved("results") or []
    while len(results) < job.units and job.left() > 100:
        job.work(len(results))
        results.append(len(results))
        job.save("results", results)
    if len(results) < job.units:
        job.send("go on")


class Memory:
    """What a call has found stays in the process, which a kill would end; the last call saves it."""

    run = None

    def __call__(self, job, message):
        if self.run is not job._run:
            self.run, self.results = job._run, []
        while len(self.results) < job.units and job.left() > 100:
            self.results.append(job.work(len(self.results)))
        if len(self.results) < job.units:
            job.send("go on")
        else:
            job.save("results", self.results)


def stored_by_hand(job, message):
    job._run.store["results"], job._run.done[:] = list(job._run.results), [1] * job.units
    job._run.calls[:] = [(0, "killed")]


def logged_by_hand(job, message):
    """Claims the log of a job that needs one call."""
    stored_by_hand(job, message)
    job._run.log[-1] += [part for unit in range(job.units) for part in (unit, SAVE_RESULTS)]


def without_kills(job, message):
    job._run.kills.clear()
    call(job, message)


def without_cap(job, message):
    job._run.limit = 1e9
    call(job, message)


WRONG = (
    ("5E-W1", always_from_zero), ("5E-COSTLY", first_message_from_zero),
    ("5E-W2", position_first), ("5E-W2", position_between), ("5E-W3", whole_chunks),
    ("5E-W4", until(0)), ("5E-W4", until(60)), ("5E-W4", until(0, lambda done: done == 15)),
    ("5E-W5", position_last), ("5E-W5", added_by_each_message), ("5E-W6", for_ever), ("5E-W6", twice_as_many),
    ("5E-COSTLY", saved_at_the_end_of_a_call), ("5E-COSTLY", progress_in_the_message),
    ("5E-STOPS", never_again), ("5E-STOPS", half_and_no_more), ("5E-FORM", counted), ("5E-FORM", numbered),
    ("5E-ERROR", lambda job, message: job.work(job.units)), ("5E-ERROR", lambda job: None),
    ("5E-NOTAFUNCTION", ["piece 1", "piece 2"]), ("5E-MEMORY", Memory()), ("5E-FORM", stored_by_hand),
    ("5E-LOG", logged_by_hand), ("5E-LOG", without_kills), ("5E-LOG", without_cap),
)


def length_says_it(job, message):
    """The list of results is the checkpoint."""
    results = job.saved("results") or []
    for unit in range(len(results), job.units):
        if job.left() < job.longest + 5:
            return job.send(unit)
        results.append(job.work(unit))
        job.save("results", results)


def chain_of_ten(job, message):
    """A fixed number of units, few enough also when all are slow."""
    results = job.saved("results") or []
    for unit in range(len(results), min(len(results) + 9, job.units)):
        results.append(job.work(unit))
        job.save("results", results)
    if len(results) < job.units:
        job.send("go on")


def fan_out_and_join(job, message):
    """A call for each chunk, whose result has a name of its own; who finds all of them there joins them."""
    starts = range(0, job.units, 3)
    if message is None:
        for start in starts:
            job.send(start)
        return
    if job.saved(f"chunk {message}") is None:
        units = range(message, min(message + 3, job.units))
        job.save(f"chunk {message}", [job.work(unit) for unit in units])
    chunks = [job.saved(f"chunk {start}") for start in starts]
    if None not in chunks:
        job.save("results", [result for chunk in chunks for result in chunk])


def message_for_each_unit(job, message):
    """Results by unit: to write one again changes nothing."""
    if message is None:
        for unit in range(job.units):
            job.send(unit)
        job.send("join")
    elif message == "join":
        job.save("results", list(job.saved("by unit").values()))
    else:
        by_unit = job.saved("by unit") or {}
        if message not in by_unit:
            job.save("by unit", {**by_unit, message: job.work(message)})


def queue_of_chunks(job, message):
    """What is still to do is stored with what is done."""
    state = job.saved("state") or {"left": list(range(job.units)), "results": []}
    while state["left"] and job.left() > 3 * job.longest + 10:
        chunk, rest = state["left"][:3], state["left"][3:]
        state = {"left": rest, "results": state["results"] + [job.work(unit) for unit in chunk]}
        job.save("state", state)
    if state["left"]:
        job.send("more")
    else:
        job.save("results", state["results"])


def sent_before_the_work(job, message):
    """Asks for the next call first, and takes the wish for more from the store."""
    results = job.saved("results") or []
    if len(results) == job.units:
        return
    job.send("go on")
    while len(results) < job.units and job.left() > 100:
        results.append(job.work(len(results)))
        job.save("results", results)


class Chain:
    """An object that can be called."""

    def __call__(self, job, message=None):
        return length_says_it(job, message)


ACCEPTED = (
    ("5E-A1", call), ("5E-A1 length", length_says_it), ("5E-A1 nine at a time", chain_of_ten),
    ("5E-A1 sent first", sent_before_the_work), ("5E-A1 object", Chain()),
    ("5E-A2", fan_out_and_join), ("5E-A2 by unit", message_for_each_unit), ("5E-A3", queue_of_chunks),
)
HARD_CODED = (lambda job, message: job.save("results", list(range(41))), lambda job, message: job.save("results", []),
              lambda job, message: job.send("go on"))
PATH = (None, never_again, whole_chunks, saved_at_the_end_of_a_call, position_last, call)
SURVIVORS = frozenset({"line 3: Gt to GtE"})        # a second more or less to spare
BANK = Bank("5E", call, 6, WRONG, ACCEPTED, PATH, 8, HARD_CODED, SURVIVORS,
            secrets=("job.save('state'", "state", "job.left()", "job.longest", "or []"))
