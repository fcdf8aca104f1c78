from math import factorial

from smarterrouter.profiling.tasks import integers


def test_determinants():
    assert integers.determinant([[2, 1], [7, 4]]) == 1
    assert integers.determinant([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) == 0
    assert integers.determinant([[2, 0, 0, 0], [0, 3, 0, 0], [0, 0, 4, 0], [9, 9, 9, 5]]) == 120


def test_powers_of_primes_in_factorials():
    for n in range(60):
        for prime in (2, 3, 5):
            power = integers.legendre(n, prime)
            assert factorial(n) % prime**power == 0
            assert factorial(n) % prime ** (power + 1) != 0


def test_other_bases_are_read_back_by_python():
    for n in range(500):
        for base in range(2, 11):
            assert int(integers.in_base(n, base), base) == n
