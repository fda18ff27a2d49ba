"""Answers to exercise 3M: what learners get wrong, and ways to be right."""

from bank.form import Bank

SEEN: set[int] = set()


def consume(message, queue, store):
    if message.amount is None:
        queue.set_aside(message)
        return
    seen = store.get("seen", [])
    if message.id not in seen:
        balance = store.get(message.account, 0) + message.amount
        until = message.id - queue.window
        recent = [number for number in seen if number > until]
        store.put({message.account: balance, "seen": [*recent, message.id]})
    queue.acknowledge(message)


def readable(work):
    """A consumer that sets unreadable messages aside, and does the work on others."""
    def consumer(message, queue, store):
        return queue.set_aside(message) if message.amount is None else work(message, queue, store)

    return consumer


def added(message, store):
    """The account with the payment in it."""
    return {message.account: store.get(message.account, 0) + message.amount}


def noted(seen, message, queue):
    """The last numbers."""
    return [*seen, message.id][-queue.window:]


def acknowledge_first(message, queue, store):
    queue.acknowledge(message)
    store.put(added(message, store))


@readable
def known_but_acknowledged_first(message, queue, store):
    seen = store.get("seen", [])
    queue.acknowledge(message)
    if message.id not in seen:
        store.put({**added(message, store), "seen": noted(seen, message, queue)})


@readable
def inbox_that_is_believed(message, queue, store):
    """The message is kept, acknowledged, and then worked on; after the last one nobody looks."""
    inbox, seen = store.get("inbox", []), store.get("seen", [])
    if message.id not in seen:
        inbox = [*inbox, message]
        store.put({"inbox": inbox, "seen": noted(seen, message, queue)})
    queue.acknowledge(message)
    for first in range(len(inbox)):
        store.put({**added(inbox[first], store), "inbox": inbox[first + 1:]})


def acknowledge_last(message, queue, store):
    store.put(added(message, store))
    queue.acknowledge(message)


def same_payload(recognises):
    """Recognises a message by something else than its number."""
    @readable
    def consumer(message, queue, store):
        seen = store.get("seen", [])
        if recognises(message) not in seen:
            store.put({**added(message, store), "seen": [*seen, recognises(message)][-queue.window:]})
        queue.acknowledge(message)

    return consumer


@readable
def marked_before(message, queue, store):
    seen = store.get("seen", [])
    if message.id not in seen:
        store.put({"seen": noted(seen, message, queue)})
        store.put(added(message, store))
    queue.acknowledge(message)


@readable
def marked_after(message, queue, store):
    seen = store.get("seen", [])
    if message.id not in seen:
        store.put(added(message, store))
        store.put({"seen": noted(seen, message, queue)})
    queue.acknowledge(message)


@readable
def in_memory(message, queue, store):
    if message.id not in SEEN:
        store.put(added(message, store))
        SEEN.add(message.id)
    queue.acknowledge(message)


def in_a_default(message, queue, store, seen=None):
    if message.id not in seen:
        store.put(added(message, store))
        seen.append(message.id)
    queue.acknowledge(message)


in_a_default.__defaults__ = ([],)


def in_an_attribute(message, queue, store):
    if message.id not in in_an_attribute.seen:
        store.put(added(message, store))
        in_an_attribute.seen.add(message.id)
    queue.acknowledge(message)


in_an_attribute.seen = set()


def enclosed():
    """What it knows is in the function around it."""
    seen = set()

    def consumer(message, queue, store):
        if message.id not in seen:
            store.put(added(message, store))
            seen.add(message.id)
        queue.acknowledge(message)

    return consumer


class Remembering:
    """What it knows is in an object."""

    def __init__(self):
        self.seen = set()

    def consume(self, message, queue, store):
        if message.id not in self.seen:
            store.put(added(message, store))
            self.seen.add(message.id)
        queue.acknowledge(message)


def remembered(kept):
    """A right consumer, but for how many numbers it keeps."""
    @readable
    def consumer(message, queue, store):
        seen = store.get("seen", [])
        if message.id not in seen:
            store.put({**added(message, store), "seen": [*seen, message.id][-kept(queue):]})
        queue.acknowledge(message)

    return consumer


@readable
def a_name_for_each(message, queue, store):
    if not store.get(message.id):
        store.put({**added(message, store), message.id: True})
    queue.acknowledge(message)


@readable
def each_for_itself(message, queue, store):
    name = f"seen by {queue.consumer}"
    seen = store.get(name, [])
    if message.id not in seen:
        store.put({**added(message, store), name: noted(seen, message, queue)})
    queue.acknowledge(message)


@readable
def highest_number(message, queue, store):
    if message.id > store.get("last", 0):
        store.put({**added(message, store), "last": message.id})
    queue.acknowledge(message)


@readable
def duplicates_are_left(message, queue, store):
    seen = store.get("seen", [])
    if message.id not in seen:
        store.put({**added(message, store), "seen": noted(seen, message, queue)})
        queue.acknowledge(message)


@readable
def many_writes(message, queue, store):
    """What is not together is so far behind that a crash seldom finds it."""
    seen = store.get("seen", [])
    if message.id not in seen:
        store.put({"begun": message.id})
        store.put({"payment": message.amount})
        store.put(added(message, store))
        store.put({"seen": noted(seen, message, queue)})
    queue.acknowledge(message)


def swallows(message, queue, store):
    try:
        consume_without_poison(message, queue, store)
    except TypeError:
        queue.acknowledge(message)


def takes_for_nothing(message, queue, store):
    consume_without_poison(message._replace(amount=message.amount or 0), queue, store)


def acknowledged_before_it_is_set_aside(message, queue, store):
    if message.amount is None:
        queue.acknowledge(message)
        queue.set_aside(message)
    else:
        consume(message, queue, store)


def consume_without_poison(message, queue, store):
    seen = store.get("seen", [])
    if message.id not in seen:
        store.put({**added(message, store), "seen": noted(seen, message, queue)})
    queue.acknowledge(message)


def overwrites(message, queue, store):
    store.put({message.account: message.amount})
    queue.acknowledge(message)


def never_done(message, queue, store):
    store.put(added(message, store))


WRONG = (
    ("3M-W1", acknowledge_first), ("3M-W1", known_but_acknowledged_first), ("3M-W1", inbox_that_is_believed),
    ("3M-W2", acknowledge_last), ("3M-W2", readable(acknowledge_last)),
    ("3M-W3", same_payload(lambda message: message[1:])), ("3M-W3", same_payload(lambda message: message.amount)),
    ("3M-W4", marked_before), ("3M-W5", marked_after),
    ("3M-W6", in_memory), ("3M-W6", in_a_default), ("3M-W6", in_an_attribute), ("3M-W6", enclosed()),
    ("3M-W6", Remembering().consume),
    ("3M-W7", remembered(lambda queue: 10_000)), ("3M-W7", a_name_for_each), ("3M-W8", each_for_itself),
    ("3M-W9", swallows), ("3M-W9", takes_for_nothing), ("3M-W9", acknowledged_before_it_is_set_aside),
    ("3M-POISON", consume_without_poison), ("3M-ORDER", highest_number), ("3M-OPEN", duplicates_are_left),
    ("3M-OPEN", never_done), ("3M-SHORT", remembered(lambda queue: queue.window // 2)),
    ("3M-LONG", many_writes), ("3M-CALM", overwrites), ("3M-ERROR", lambda message: None),
    ("3M-ERROR", lambda message, queue, store: store.put({message.account: lambda: 0})),
    ("3M-NOTAFUNCTION", ["queue.acknowledge(message)"]),
)


@readable
def names_that_are_removed(message, queue, store):
    if store.get(message.id) is None:
        store.put({**added(message, store), message.id: "done", message.id - queue.window: None})
    queue.acknowledge(message)


@readable
def by_account(message, queue, store):
    balance, seen = store.get("account " + message.account, (0, ()))
    if message.id not in seen:
        balance += message.amount
        seen = (*seen, message.id)[-queue.window - 1:]
        store.put({message.account: balance, "account " + message.account: (balance, seen)})
    queue.acknowledge(message)


def afterwards(message, queue, store):
    """Tries first, and sets aside what fails."""
    try:
        changed = added(message, store)
    except TypeError:
        return queue.set_aside(message)
    seen = store.get("seen") or set()
    if message.id not in seen:
        recent = {number for number in seen if number >= message.id - queue.window}
        store.put({**changed, "seen": recent | {message.id}})
    queue.acknowledge(message)


@readable
def inbox(message, queue, store):
    """The message is kept with its number; what is kept is worked on; then it is acknowledged."""
    waiting, seen = store.get("inbox", []), store.get("seen", [])
    if message.id not in seen:
        waiting = [*waiting, message]
        store.put({"inbox": waiting, "seen": noted(seen, message, queue)})
    while waiting:
        first, *waiting = waiting
        store.put({**added(first, store), "inbox": waiting})
    queue.acknowledge(message)


@readable
def outbox(message, queue, store):
    """Balance, mark and a receipt in one write; the receipt is sent afterwards, at least once."""
    seen = store.get("seen", [])
    if message.id not in seen:
        receipts = [*store.get("outbox", []), (message.account, message.id)]
        store.put({**added(message, store), "seen": noted(seen, message, queue), "outbox": receipts})
    while receipts := store.get("outbox"):
        store.put({"sent": receipts[0], "outbox": receipts[1:]})
    queue.acknowledge(message)


def in_turn(message, queue, store):
    """A version for the whole store: each message makes the next of them, and waits until it is its turn."""
    version = store.get("version", 0)
    if message.id > version + 1:
        return
    if message.amount is None:
        store.put({"version": max(version, message.id)})
        queue.set_aside(message)
        return
    if message.id == version + 1:
        store.put({**added(message, store), "version": message.id})
    queue.acknowledge(message)


@readable
def version_of_the_account(message, queue, store):
    """Writes only if the version that it has read is still there, and a message is in it once."""
    version, balance, done = store.get(("version", message.account), (0, 0, {}))
    if message.id not in done:
        done = {number: at for number, at in done.items() if at > version - queue.window}
        store.put({message.account: balance + message.amount, ("version", message.account): (
            version + 1, balance + message.amount, {**done, message.id: version + 1})})
    queue.acknowledge(message)


@readable
def ledger(message, queue, store):
    """To enter a payment under its number again changes nothing; those that cannot come again are added up."""
    entries = {**store.get(message.account, {}), message.id: message.amount}
    old = [number for number in entries if 0 < number <= message.id - queue.window]
    entries[0] = entries.get(0, 0) + sum(entries.pop(number) for number in old)
    store.put({message.account: entries})
    queue.acknowledge(message)


@readable
def highest_of_each(message, queue, store):
    """Only grows: the highest number without a gap, and the few above it."""
    done, above = store.get("done", (0, frozenset()))
    if message.id > done and message.id not in above:
        above = above | {message.id}
        low = max(done, message.id - queue.window)
        while low + 1 in above:
            low += 1
        store.put({**added(message, store), "done": (low, frozenset(one for one in above if one > low))})
    queue.acknowledge(message)


class Consumer:
    """An object that can be called."""

    def __call__(self, message, queue, store):
        return consume(message, queue, store)


ACCEPTED = (
    ("3M-A1 numbers", consume), ("3M-A1 names", names_that_are_removed), ("3M-A1 by account", by_account),
    ("3M-A1 tries", afterwards), ("3M-A1 object", Consumer()), ("3M-A2 inbox", inbox), ("3M-A2 outbox", outbox),
    ("3M-A3 in turn", in_turn), ("3M-A3 account", version_of_the_account), ("3M-A4 set", ledger),
    ("3M-A4 max", highest_of_each),
)
HARD_CODED = (lambda message, queue, store: queue.acknowledge(message), lambda message, queue, store: True,
              lambda message, queue, store: store.put({"Ada": 111_111}), overwrites)
PATH = (None, acknowledge_first, acknowledge_last, readable(acknowledge_last), marked_after, each_for_itself,
        remembered(lambda queue: 10_000), consume)
SURVIVORS = frozenset({"line 9: Gt to GtE"})        # one number more is kept
BANK = Bank("3M", consume, 9, WRONG, ACCEPTED, PATH, 8, HARD_CODED, SURVIVORS,
            secrets=("store.put", "store.get", "not in", "queue.window", "[-"))
