"""Windows, policies and bounds: numbers from the tests of Kubernetes' autoscaler."""

from dataclasses import dataclass

import pytest

from unit.domain.scaling.tasks import NOW, direction, recommended, spread, task
from workers_operator.domain.scaling.behavior import (
    DEFAULT_DOWN,
    DEFAULT_UP,
    Behavior,
    Direction,
)
from workers_operator.domain.scaling.history import ScaleEvent, ScalingHistory
from workers_operator.domain.scaling.normalizing import limit, stabilize
from workers_operator.domain.scaling.rates import down_limit, up_limit
from workers_operator.domain.scaling.reasons import ScalingReason

WITHIN = ScalingReason.DESIRED_WITHIN_RANGE
UP, DOWN = ScalingReason.SCALE_UP_LIMIT, ScalingReason.SCALE_DOWN_LIMIT
MANY, FEW = ScalingReason.TOO_MANY_REPLICAS, ScalingReason.TOO_FEW_REPLICAS


@dataclass(frozen=True)
class Case:
    """A number that windows have let pass, and what becomes of it."""

    bounds: tuple[int, int]
    current: int
    wanted: int
    expected: int
    reason: ScalingReason
    up: Direction = DEFAULT_UP
    down: Direction = DEFAULT_DOWN
    ups: tuple[ScaleEvent, ...] = ()
    downs: tuple[ScaleEvent, ...] = ()


UPS = spread([1, 5, 9], 120)
DOWNS = spread([1, 5, 9], 120, -1)
MORE_UPS = spread([8, 12, 9, 11], 120)
MORE_DOWNS = spread([8, 12, 9, 11], 120, -1)
WIDE = (1, 1000)

LIMITS = {
    "within": Case((3, 8), 5, 7, 7, WITHIN),
    "below the minimum": Case((2, 8), 3, 1, 2, FEW),
    "down to no minimum": Case((0, 10), 1, 0, 0, WITHIN),
    "the maximum before the policies": Case((1, 10), 20, 1000, 10, MANY),
    "the maximum": Case((100, 150), 100, 1000, 150, MANY),
    "the policy before the maximum": Case((1, 2000), 3, 1000, 4, UP, up=direction(0, 0, 1, 60)),
    "the policy before the minimum": Case((3, 2000), 1000, 3, 980, DOWN, down=direction(20, 60)),
    "up by default": Case(WIDE, 10, 50, 20, UP),
    "up by default from one": Case(WIDE, 1, 50, 5, UP),
    "up by instances": Case(WIDE, 10, 500, 110, UP, up=direction(100, 60, 100, 60)),
    "up by percent": Case(WIDE, 10, 500, 20, UP, up=direction(2, 60, 100, 60)),
    "up by fewer than instances allow": Case(WIDE, 10, 50, 50, WITHIN, up=direction(100, 60)),
    "up by far fewer": Case(WIDE, 10, 50, 50, WITHIN, up=direction(10000, 60)),
    "up by instances only": Case(WIDE, 10, 50, 40, UP, up=direction(30, 60)),
    "up by percent only": Case(WIDE, 10, 50, 30, UP, up=direction(0, 0, 200, 60)),
    "down by instances": Case(WIDE, 100, 2, 80, DOWN, down=direction(20, 60, 1, 60, 300)),
    "down by the greater of two": Case(WIDE, 100, 2, 98, DOWN, down=direction(2, 60, 1, 60, 300)),
    "down to the minimum by instances": Case(
        WIDE, 10, 0, 1, FEW, down=direction(100, 60, window=300)
    ),
    "down to the minimum by percent": Case(
        (5, 1000), 10, 2, 5, FEW, down=direction(0, 0, 100, 60, 300)
    ),
    "down by instances only": Case(WIDE, 10, 2, 5, DOWN, down=direction(5, 60, window=300)),
    "down by percent only": Case(WIDE, 10, 5, 5, WITHIN, down=direction(0, 0, 50, 60, 300)),
    "up to the maximum after others, by instances": Case(
        (1, 200), 100, 500, 200, MANY, up=direction(300, 60), ups=UPS
    ),
    "up to the maximum after others, by percent": Case(
        (1, 200), 100, 500, 200, MANY, up=direction(0, 0, 10000, 60), ups=UPS
    ),
    "no way up after others": Case(WIDE, 100, 500, 100, UP, up=direction(5, 120), ups=UPS),
    "up after others, by instances": Case(WIDE, 100, 500, 235, UP, up=direction(150, 120), ups=UPS),
    "up after others, by percent": Case(
        WIDE, 100, 500, 255, UP, up=direction(0, 0, 200, 120), ups=UPS
    ),
    "up after up and down": Case(
        WIDE,
        6,
        24,
        16,
        UP,
        up=direction(0, 0, 300, 300),
        ups=spread([4], 120),
        downs=spread([2], 120, -1),
    ),
    "down by default after others": Case(WIDE, 10, 5, 5, WITHIN, downs=DOWNS),
    "down to the minimum after others": Case(
        WIDE, 100, 0, 1, FEW, down=direction(115, 120, window=300), downs=DOWNS
    ),
    "down to a greater minimum after others": Case(
        (5, 1000), 100, 0, 5, FEW, down=direction(130, 120, window=300), downs=DOWNS
    ),
    "down to the minimum after others, by percent": Case(
        (5, 1000), 100, 2, 5, FEW, down=direction(0, 0, 100, 120, 300), downs=DOWNS
    ),
    "no way down after others": Case(
        WIDE, 100, 2, 100, DOWN, down=direction(5, 120, window=300), downs=DOWNS
    ),
    "down after others, by percent": Case(
        WIDE,
        100,
        0,
        56,
        DOWN,
        down=direction(0, 0, 50, 120, 300),
        downs=spread([2, 4, 6], 120, -1),
    ),
    "down after up and down": Case(
        WIDE,
        10,
        1,
        6,
        DOWN,
        down=direction(0, 0, 50, 180),
        ups=spread([2], 120),
        downs=spread([4], 120, -1),
    ),
    "more went down than may": Case(
        WIDE,
        100,
        0,
        100,
        DOWN,
        down=direction(0, 0, 10, 120, 300),
        downs=spread([10, 10, 10], 120, -1),
    ),
    "less went down than may": Case(
        WIDE,
        10,
        5,
        5,
        WITHIN,
        down=direction(0, 0, 1000, 120, 300),
        downs=spread([10, 10, 10], 120, -1),
    ),
    "up, some others too old": Case(
        WIDE, 100, 200, 200, WITHIN, up=direction(1000, 60), ups=MORE_UPS
    ),
    "up, two periods": Case(
        WIDE, 100, 200, 200, WITHIN, up=direction(1000, 120, 100, 60), ups=MORE_UPS
    ),
    "up, two periods, some too old": Case(
        WIDE, 100, 200, 200, WITHIN, up=direction(1000, 30, 100, 60), ups=MORE_UPS
    ),
    "down, some others too old": Case(
        WIDE, 100, 5, 5, WITHIN, down=direction(1000, 60, window=300), downs=MORE_DOWNS
    ),
    "down, two periods": Case(
        WIDE, 100, 5, 5, WITHIN, down=direction(1000, 120, 100, 60, 300), downs=MORE_DOWNS
    ),
    "down, two periods, some too old": Case(
        WIDE, 100, 5, 5, WITHIN, down=direction(1000, 30, 100, 60, 300), downs=MORE_DOWNS
    ),
    "the policy and the maximum are the same": Case((1, 20), 10, 50, 20, MANY),
    "the policy and the minimum are the same": Case((5, 20), 10, 2, 5, FEW, down=direction(5, 60)),
    "no change": Case(WIDE, 10, 10, 10, WITHIN),
    "up is disabled": Case(WIDE, 10, 50, 10, UP, up=direction(4, 60, select="Disabled")),
    "down is disabled": Case(WIDE, 10, 5, 10, DOWN, down=direction(4, 60, select="Disabled")),
}


@pytest.mark.parametrize("case", LIMITS.values(), ids=LIMITS)
def test_policies_and_bounds_limit_as_kubernetes_does(case: Case) -> None:
    autoscaling = task(
        minimum=case.bounds[0],
        maximum=case.bounds[1],
        behavior=Behavior(case.up, case.down, bursts=False),
    )
    history = ScalingHistory(events=(*case.ups, *case.downs))
    number, fact = limit(autoscaling, case.current, case.wanted, history, NOW, burst=0)
    assert (number, fact.reason) == (case.expected, case.reason)
    assert fact.status == ("False" if number == case.wanted else "True")


def test_the_policy_with_the_least_change_may_be_chosen() -> None:
    both = direction(2, 60, 50, 60, window=300, select="Min")
    assert up_limit(1, both, ScalingHistory(), NOW) == 2
    assert down_limit(5, both, ScalingHistory(), NOW) == 3
    ten = direction(4, 60, 10, 60, select="Min")
    assert (
        up_limit(100, ten, ScalingHistory(), NOW),
        down_limit(100, ten, ScalingHistory(), NOW),
    ) == (104, 96)
    most = direction(4, 60, 10, 60)
    assert (
        up_limit(100, most, ScalingHistory(), NOW),
        down_limit(100, most, ScalingHistory(), NOW),
    ) == (110, 90)


@dataclass(frozen=True)
class Window:
    """A recommendation, those before it (number, minutes ago), and what the windows make of it."""

    current: int
    wanted: int
    expected: int
    past: tuple[tuple[int, float], ...] = ()
    up: float = 0.0
    down: float = 0.0


WINDOWS = {
    "no past": Window(100, 5, 5),
    "down": Window(100, 3, 5, ((4, 2), (5, 1)), down=180),
    "up": Window(1, 7, 4, ((4, 2), (5, 1)), up=300),
    "down, none lower": Window(100, 3, 3, ((1, 2), (2, 1)), up=300),
    "up, none lower": Window(1, 3, 3, ((4, 2), (5, 1)), down=300),
    "down, all too old": Window(100, 3, 3, ((10, 10), (9, 9))),
    "up, all too old": Window(1, 100, 100, ((10, 10), (9, 9))),
    "down, some too old": Window(100, 3, 5, ((10, 10), (9, 9), (5, 2), (4, 1)), down=180),
    "up, one too old": Window(1, 100, 5, ((10, 100), (9, 3), (5, 2), (6, 1)), up=300),
    "both, not up because it goes down": Window(2, 1, 2, ((2, 100), (3, 3)), up=300, down=300),
    "both, not down because it goes up": Window(2, 3, 2, ((2, 100), (1, 3)), up=300, down=300),
    "by default, no past": Window(10, 5, 5, (), down=300),
    "by default, held": Window(10, 3, 5, ((4, 2), (5, 1)), down=300),
    "by default, not held": Window(10, 3, 3, ((1, 2), (2, 1)), down=300),
    "by default, too old": Window(10, 3, 3, ((10, 10), (9, 9)), down=300),
    "a window ends where it ends": Window(10, 3, 3, ((9, 5),), down=300),
    "a clock was set back": Window(10, 3, 9, ((9, -10),), down=300),
}


@pytest.mark.parametrize("case", WINDOWS.values(), ids=WINDOWS)
def test_windows_stabilize_as_kubernetes_does(case: Window) -> None:
    behavior = Behavior(
        direction(4, 15, window=case.up), direction(4, 15, window=case.down), bursts=False
    )
    number, fact = stabilize(
        task(behavior=behavior), case.current, case.wanted, recommended(*case.past), NOW, burst=0
    )
    assert number == case.expected
    held = (
        ScalingReason.SCALE_UP_STABILIZED
        if case.wanted >= case.current
        else ScalingReason.SCALE_DOWN_STABILIZED
    )
    assert fact.reason == (ScalingReason.READY_FOR_NEW_SCALE if number == case.wanted else held)
    assert fact.status == "True"


def test_a_burst_waits_for_neither_window_nor_policy() -> None:
    autoscaling = task(behavior=Behavior(direction(1, 60, window=300), DEFAULT_DOWN), maximum=15)
    past = recommended((2, 1))
    assert stabilize(autoscaling, 2, 12, past, NOW, burst=12)[0] == 12
    assert limit(autoscaling, 2, 12, past, NOW, burst=12)[0] == 12
    assert limit(autoscaling, 2, 20, past, NOW, burst=12)[1].reason == UP
    assert limit(autoscaling, 2, 20, past, NOW, burst=20)[1].reason == MANY


def test_after_a_burst_the_number_does_not_go_down_for_a_while() -> None:
    history = ScalingHistory(burst=NOW)
    number, fact = stabilize(task(), 10, 2, history, NOW + 899, burst=0)
    assert (number, fact.reason) == (10, ScalingReason.SCALE_DOWN_STABILIZED)
    assert stabilize(task(), 10, 2, history, NOW + 900, burst=0)[0] == 2
