"""Each formula of `course.theory` equals an independent derivation: a Markov chain solved, a sum, a limit."""

from math import exp, inf, lgamma, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from course import theory


def stationary(rates):
    """The probabilities of the states of a Markov chain with these rates from row to column."""
    balance = rates - np.diag(rates.sum(axis=1))
    balance[:, -1] = 1
    return np.linalg.solve(balance.T, np.eye(len(rates))[-1])


def in_system(arrival_rate, service_rate, servers, room):
    """Probabilities of 0 to `room` requests in the system; a request that finds it full is turned away."""
    rates = np.zeros((room + 1, room + 1))
    for number in range(room):
        rates[number, number + 1] = arrival_rate
        rates[number + 1, number] = min(number + 1, servers) * service_rate
    return stationary(rates)


@pytest.mark.parametrize(("arrival_rate", "service_rate", "servers"), [(0.8, 1, 1), (9, 10, 1), (3, 2, 2), (42, 6, 9)])
def test_mmc_equals_the_chain_solved_numerically(arrival_rate, service_rate, servers):
    chain = in_system(arrival_rate, service_rate, servers, 500)
    number = np.arange(len(chain))
    queue = theory.mmc(arrival_rate, service_rate, servers)
    waiting, system = chain @ np.maximum(number - servers, 0), chain @ number
    assert queue == pytest.approx((chain @ np.minimum(number, servers) / servers, chain[servers:].sum(),
                                   waiting / arrival_rate, system / arrival_rate, waiting, system))


def test_mm1_equals_its_textbook_form_and_mmc_with_one_server():
    queue = theory.mm1(8, 10)
    assert queue == theory.mmc(8, 10, 1)
    assert (queue.response_time, queue.mean_in_system, queue.utilisation) == pytest.approx((1 / (10 - 8), 4, 0.8))


@pytest.mark.parametrize(("servers", "offered_load"), [(0, 3), (1, 0.5), (5, 1.36), (20, 12.03), (4, 9)])
def test_erlang_b_equals_the_chain_without_a_queue(servers, offered_load):
    assert theory.erlang_b(servers, offered_load) == pytest.approx(in_system(offered_load, 1, servers, servers)[-1])


def blocking_by_sum(servers, offered_load):
    """Erlang B as the last term of a^k / k! over the sum of all, by logarithms."""
    terms = np.array([number * log(offered_load) - lgamma(number + 1) for number in range(servers + 1)])
    return 1 / np.exp(terms - terms[-1]).sum()


@pytest.mark.parametrize(("servers", "offered_load"), [(10, 4.46), (1000, 900), (1000, 2016), (5000, 4900)])
def test_erlang_b_and_c_equal_their_sums_for_thousands_of_servers(servers, offered_load):
    blocking = blocking_by_sum(servers, offered_load)
    assert theory.erlang_b(servers, offered_load) == pytest.approx(blocking, rel=1e-9)
    if offered_load < servers:
        delayed = blocking * servers / (servers - offered_load)        # a^c / c! times c / (c - a), against the rest
        assert theory.erlang_c(servers, offered_load) == pytest.approx(delayed / (delayed + 1 - blocking), rel=1e-9)


@pytest.mark.parametrize("cv", [1.5, 3])
def test_mg1_equals_a_chain_with_short_and_long_jobs(cv):
    """A hyperexponential server is a chain of states (number in system, kind of the job in service)."""
    arrival_rate, room = 0.5, 400
    share = (1 + sqrt((cv**2 - 1) / (cv**2 + 1))) / 2
    kinds = ((share, 2 * share), (1 - share, 2 * (1 - share)))      # probability and service rate: mean work 1
    rates = np.zeros((2 * room + 1, 2 * room + 1))
    for kind, (probability, service_rate) in enumerate(kinds):
        rates[0, 1 + kind] = arrival_rate * probability
        rates[1 + kind, 0] = service_rate
        for number in range(1, room):
            here, above = 2 * number - 1 + kind, 2 * number + 1
            rates[here, above + kind] = arrival_rate
            for following, (likely, _) in enumerate(kinds):
                rates[above + kind, 2 * number - 1 + following] = service_rate * likely
    chain = stationary(rates)
    number = (np.arange(len(chain)) + 1) // 2
    queue = theory.mg1(arrival_rate, 1, cv)
    assert queue.mean_in_system == pytest.approx(chain @ number, rel=1e-6)
    assert queue.waiting_time == pytest.approx(chain @ np.maximum(number - 1, 0) / arrival_rate, rel=1e-6)


def test_mg1_with_exponential_work_is_mm1_and_equal_jobs_wait_half_as_long():
    assert theory.mg1(8, 0.1, 1) == pytest.approx(theory.mm1(8, 10))
    assert theory.mg1(8, 0.1, 0).waiting_time == pytest.approx(theory.mm1(8, 10).waiting_time / 2)


def test_response_percentile_solves_the_distribution_seen_by_an_arrival():
    """Whoever finds k others needs k + 1 exponential services: a Poisson sum, over the chance of k."""
    arrival_rate, service_rate, load = 8, 10, 0.8
    time = theory.response_percentile(arrival_rate, service_rate, 95)
    terms = [exp(-service_rate * time + k * log(service_rate * time) - lgamma(k + 1)) for k in range(300)]
    longer = sum((1 - load) * load**k * sum(terms[:k + 1]) for k in range(300))
    assert longer == pytest.approx(0.05)


def test_little_counts_those_inside():
    assert theory.little(30, 0.5) == 15
    queue = theory.mmc(42, 6, 10)
    assert (theory.little(42, queue.waiting_time), theory.little(42, queue.response_time)) == queue[4:]


@pytest.mark.parametrize("queue", [theory.mm1(10, 10), theory.mmc(30, 10, 2), theory.mg1(2, 1, 0.5)])
def test_overload_has_no_steady_state(queue):
    assert queue == (1, 1, inf, inf, inf, inf)


def test_no_arrivals_mean_no_waiting():
    assert theory.mmc(0, 4, 3) == theory.mg1(0, 0.25, 2) == (0, 0, 0, 0.25, 0, 0)


def test_more_servers_wait_less_and_erlang_c_is_1_when_the_load_is_too_much():
    waits = [theory.mmc(8, 1, servers).waiting_time for servers in range(7, 20)]
    assert waits[:2] == [inf, inf] and waits[1:] == sorted(waits[1:], reverse=True) and waits[-1] < 0.001
    assert theory.erlang_c(8, 8) == theory.erlang_c(8, 9) == theory.erlang_c(0, 0) == 1


def test_square_root_staffing_reaches_the_limit_of_halfin_and_whitt():
    load, beta, normal = 1_000_000, 1.0, NormalDist()
    assert theory.staffing(load, beta) == load + 1000
    limit = 1 / (1 + beta * normal.cdf(beta) / normal.pdf(beta))
    assert theory.erlang_c(1_001_000, load) == pytest.approx(limit, abs=0.0005)


def test_usl_has_its_special_cases():
    n = np.array([1, 2, 10, 100])
    assert theory.usl(n, 5, 0, 0) == pytest.approx(5 * n)                            # no contention: a line
    assert theory.usl(n, 5, 0.1, 0) == pytest.approx(5 / (0.1 + 0.9 / n))            # Amdahl's law
    near_peak = theory.usl(np.array([29, 30, 31]), 1, 0.1, 0.001)                    # peak at the root of 0.9 / 0.001
    assert near_peak[1] == near_peak.max()


@pytest.mark.parametrize("truth", [(90, 0.0277, 0.0001), (1, 0, 0), (5, 0.3, 0), (3, 0, 0.02)])
def test_fit_usl_finds_the_parameters_that_made_the_data(truth):
    n = np.array([1, 2, 4, 8, 16, 32])
    assert theory.fit_usl(n, theory.usl(n, *truth)) == pytest.approx(truth, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_fit_usl_agrees_with_another_solver_on_noisy_data(seed):
    from scipy.optimize import least_squares

    rng = np.random.default_rng(seed)
    n = np.array([1, 2, 4, 8, 12, 16, 24, 32])
    measured = theory.usl(n, 100, 0.05, 0.001) * rng.normal(1, 0.03, len(n))
    other = least_squares(lambda values: measured - theory.usl(n, *values), (90, 0.1, 0.002), x_scale=(100, 0.1, 0.001),
                          xtol=1e-15, ftol=1e-15, gtol=1e-15)
    assert theory.fit_usl(n, measured) == pytest.approx(other.x, rel=1e-4)


@pytest.mark.parametrize("p", [50, 90, 99, 99.9])
def test_requests_needed_make_the_interval_a_twentieth_of_the_tail(p):
    needed, share = theory.requests_needed(p), p / 100
    half = 2.5758 * sqrt(share * (1 - share) / needed)      # 99 % of a normal distribution lie within 2.5758
    assert half == pytest.approx((1 - share) / 20, rel=1e-3)
    blocks = theory.requests_needed(p, 8192)
    assert blocks % 8192 == 0 and needed <= blocks < needed + 8192


@pytest.mark.parametrize(("wrong", "sentence"), [
    (lambda: theory.mm1(-1, 10), "arrival_rate must be at least 0 requests per second, got -1"),
    (lambda: theory.mm1(1, 0), "service_rate must be above 0 requests per second, got 0"),
    (lambda: theory.mm1("8", 10), "arrival_rate must be at least 0 requests per second, got 8"),
    (lambda: theory.mmc(1, float("nan"), 2), "service_rate must be at least 0 requests per second, got nan"),
    (lambda: theory.mmc(1, 1, 0), "servers must be a whole number of at least 1, got 0"),
    (lambda: theory.mmc(1, 1, 2.5), "servers must be a whole number of at least 1, got 2.5"),
    (lambda: theory.mg1(1, 0, 1), "service_time must be above 0 seconds, got 0"),
    (lambda: theory.mg1(1, 0.1, -1), "cv must be at least 0, got -1"),
    (lambda: theory.little(inf, 1), "arrival_rate must be at least 0 requests per second, got inf"),
    (lambda: theory.erlang_b(-1, 1), "servers must be a whole number of at least 0, got -1"),
    (lambda: theory.erlang_c(2, -1), "offered_load must be at least 0 busy servers, got -1"),
    (lambda: theory.response_percentile(1, 2, 100), "p must lie between 0 and 100 percent, both excluded, got 100"),
    (lambda: theory.requests_needed(0), "p must lie between 0 and 100 percent, both excluded, got 0"),
    (lambda: theory.staffing(-4, 1), "offered_load must be at least 0 busy servers, got -4"),
    (lambda: theory.requests_needed(90, 0), "block must be a whole number of at least 1, got 0"),
    (lambda: theory.fit_usl((1, 2), (5, 9)), "a fit needs a throughput above 0 for each of three or more different "
     "numbers of workers, all at least 1, got (1, 2) and (5, 9)"),
    (lambda: theory.fit_usl((1, 2, 4), (5, 9, 0)), "a fit needs a throughput above 0 for each of three or more "
     "different numbers of workers, all at least 1, got (1, 2, 4) and (5, 9, 0)"),
])
def test_impossible_numbers_get_a_sentence(wrong, sentence):
    with pytest.raises(ValueError) as error:
        wrong()
    assert str(error.value) == sentence
