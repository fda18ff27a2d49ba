"""Proves the sketch: the same registers as a loop over the keys, unions, few keys counted as theory says, its hash."""

import numpy as np
import pytest
from policies.laws import spread_interval

from course.sketch import Sketch, mixed

MASK = 2**64 - 1


def sketch(keys, registers=128):
    made = Sketch(registers)
    made.add(keys)
    return made


def slow_hash(key):
    """SplitMix64 with Python's whole numbers, as in its paper."""
    bits = (key + 0x9E3779B97F4A7C15) & MASK
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
    return bits ^ (bits >> 31)


def slow_ranks(hashes, registers):
    """For each register the most zeros at the end of the rest of a hash, and one; 0 for one that met none."""
    ranks = [0] * registers
    for bits in hashes:
        rest, place = divmod(bits, registers)
        text = f"{rest + 2**64 // registers:b}"         # one more digit in front ends a rest that is all zeros
        ranks[place] = max(ranks[place], len(text) - len(text.rstrip("0")) + 1)
    return ranks


def test_the_hash_is_splitmix64():
    """The first numbers of the generator with the seed 1234567, as published with its program: state and step."""
    states = np.uint64(1234567) + np.arange(5, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    assert mixed(states).tolist() == [6457827717110365317, 3203168211198807973, 9817491932198370423,
                                      4593380528125082431, 16408922859458223821]
    assert mixed(7).tolist() == [slow_hash(7)]


def test_registers_are_those_of_a_loop_over_the_keys():
    keys = [*range(3000), 2**63, 10**18]
    expected = slow_ranks(map(slow_hash, keys), 256)
    assert sketch(np.array(keys, np.uint64), 256).ranks.tolist() == expected
    assert 0 in sketch([1, 2, 3]).ranks and 0 not in expected


def key_of(hash):
    """The key with that hash: every step of SplitMix64 can be taken back."""
    bits = hash ^ (hash >> 31) ^ (hash >> 62)
    bits = bits * pow(0x94D049BB133111EB, -1, 2**64) & MASK
    bits ^= (bits >> 27) ^ (bits >> 54)
    bits = bits * pow(0xBF58476D1CE4E5B9, -1, 2**64) & MASK
    return (bits ^ (bits >> 30) ^ (bits >> 60)) - 0x9E3779B97F4A7C15 & MASK


def test_a_hash_whose_rest_is_all_zeros_has_the_highest_rank():
    hashes = [5, 128, 3 * 128 * 2**40 + 9]
    assert [slow_hash(key_of(hash)) for hash in hashes] == hashes
    ranks = sketch(np.array([key_of(hash) for hash in hashes], np.uint64)).ranks
    assert ranks.tolist() == slow_ranks(hashes, 128)
    assert (ranks[5], ranks[0], ranks[9]) == (58, 1, 41)        # 57 digits are left of 64


def test_a_count_is_that_of_the_paper():
    """The estimate by its formula, with 2**-rank of every register; and linear counting while some are empty."""
    many, few = sketch(range(20_000)), sketch(range(50))
    harmonic = sum(2.0 ** -int(rank) for rank in many.ranks)
    assert many.count() == pytest.approx(0.7213 / (1 + 1.079 / 128) * 128**2 / harmonic)
    empty = few.ranks.tolist().count(0)
    assert few.count() == pytest.approx(128 * np.log(128 / empty))
    assert Sketch().count() == 0


def test_what_was_seen_before_changes_nothing_in_any_order():
    once = sketch(range(1000))
    again = sketch(range(999, -1, -1))
    again.add(range(500, 700))
    assert again.ranks.tolist() == once.ranks.tolist()


def test_merged_is_the_sketch_of_both():
    left, right = sketch(range(600)), sketch(range(400, 1000))
    before = left.ranks.copy()
    assert left.merged(right).ranks.tolist() == sketch(range(1000)).ranks.tolist()
    assert left.ranks.tolist() == before.tolist()


def test_nothing_added_is_nothing_counted():
    assert sketch([]).count() == 0


def test_few_keys_are_counted_with_the_error_of_linear_counting():
    """Whang, Vander-Zanden, Taylor, 1990: the standard error of t registers' worth of keys is
    sqrt(registers * (exp(t) - t - 1)) keys. For a quarter of the registers that is a third of the error of many keys.
    """
    registers, count, streams = 1024, 256, 400
    errors = [sketch(np.arange(count) + number * count, registers).count() / count - 1 for number in range(streams)]
    filled = count / registers
    expected = np.sqrt(registers * (np.exp(filled) - filled - 1)) / count
    found = spread_interval(errors)
    assert found.low <= expected <= found.high and found.high - found.low < 0.2 * expected
    assert abs(np.mean(errors)) < 4 * expected / np.sqrt(streams)


@pytest.mark.parametrize("registers", [0, 64, 1000, -128])
def test_numbers_of_registers_that_cannot_be_are_refused(registers):
    with pytest.raises(ValueError, match=f"registers must be a power of two of at least 128, got {registers}"):
        Sketch(registers)


def test_sketches_of_different_lengths_are_not_merged():
    with pytest.raises(ValueError, match="sketches of 128 and 256 registers cannot be merged"):
        Sketch(128).merged(Sketch(256))
