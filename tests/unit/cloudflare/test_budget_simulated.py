"""The budget against a limiter that behaves as Cloudflare's: not one 429, and next to nothing left unused."""

import asyncio
import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.clock import ManualClock
from support.limiter import Client, Limiter, Network
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.engine.priority import Priority, Urgency

REQUESTS_PER_WINDOW = 1200
CALLERS = 64  # passes at once, by default


USUAL = Network()


@dataclass(frozen=True)
class Setting:
    """One simulated afternoon."""

    seed: int = 0
    quota: int = 100
    seconds: int = 60
    callers: int = 8
    network: Network = USUAL
    aligned: bool = False
    others: float = 0.0  # requests that somebody else makes with our token, as a share of the quota
    told_quota: int | None = None  # what the budget believes at first
    windows: int = 3


def simulate(setting: Setting, draw: Priority | None = None, reserve_percent: int = 5) -> Client:
    async def scenario() -> Client:
        rng, clock = random.Random(setting.seed), ManualClock()
        await clock.advance(rng.uniform(0, setting.seconds))
        limiter = Limiter(clock, setting.quota, setting.seconds, setting.aligned)
        # What an operator before us has spent of this window.
        for _ in range(int(setting.quota * 0.3)):
            limiter.count()
        budget = Budget(
            clock,
            quota=setting.told_quota or setting.quota,
            window=setting.seconds,
            reserve_percent=reserve_percent,
        )
        client = Client(budget, limiter, clock, setting.network, rng)

        async def somebody_else() -> None:
            while True:
                await clock.sleep(
                    setting.seconds / (setting.quota * setting.others) * rng.uniform(0.8, 1.2)
                )
                limiter.count()

        other = asyncio.ensure_future(somebody_else()) if setting.others else None
        await client.demand(
            setting.callers,
            lambda: Priority(rng.choice(list(Urgency))) if draw is None else draw,
            until=clock.monotonic() + setting.seconds * setting.windows,
            pause=setting.network.back,
        )
        if other is not None:
            other.cancel()
        return client

    return asyncio.run(scenario())


networks = st.sampled_from(
    [Network(), Network(0, 0.01), Network(0.4, 0.05), Network(1.0, 3.0), Network(0.02, 0.1, slow=6.0)]
)  # fmt: skip
afternoons = st.builds(
    Setting,
    seed=st.integers(0, 10**6),
    quota=st.integers(10, 150),
    seconds=st.sampled_from([10, 60, 300]),
    callers=st.sampled_from([1, 3, 16, CALLERS]),
    network=networks,
    aligned=st.booleans(),
    told_quota=st.sampled_from([None, 10, 1200]),
)


@given(afternoons)
def test_never_a_429(setting: Setting) -> None:
    client = simulate(setting)
    assert client.limiter.refused == 0
    assert len(client.limiter.windows) >= 3  # it did go on after each reset


@settings(max_examples=15)
@given(afternoons, st.sampled_from([Priority.RESYNC, Priority.EDIT]))
def test_never_a_429_beside_somebody_who_spends_less_than_the_reserve(
    setting: Setting, priority: Priority
) -> None:
    busy = Setting(
        seed=setting.seed, quota=setting.quota + 150, seconds=300, callers=setting.callers,
        network=Network(0.05, 0.2), aligned=setting.aligned, others=0.03,
    )  # fmt: skip
    assert simulate(busy, priority).limiter.refused == 0


@pytest.mark.parametrize(
    "network", [USUAL, Network(0.01, 0.3), Network(0.2, 0.02), Network(0.05, 0.2, slow=5.0)]
)
def test_next_to_nothing_of_a_window_is_left_unused(network: Network) -> None:
    setting = Setting(quota=REQUESTS_PER_WINDOW, seconds=300, callers=CALLERS, network=network)
    client = simulate(setting, Priority.RESYNC)
    assert client.limiter.refused == 0
    whole = client.limiter.windows[1:-1]
    assert whole
    assert min(whole) >= 0.95 * REQUESTS_PER_WINDOW


@pytest.mark.parametrize("quota", [40, 100, 200])
def test_a_small_quota_is_used_up_by_many_callers_too(quota: int) -> None:
    client = simulate(Setting(quota=quota, callers=CALLERS, windows=4), Priority.RESYNC)
    assert client.limiter.refused == 0
    # Few calls of a window are kept: for its opening, for an abort, for what is on its way.
    assert min(client.limiter.windows[1:-1]) >= min(0.95 * quota, quota - 4)


def test_a_wrong_belief_about_the_quota_does_no_harm() -> None:
    client = simulate(Setting(quota=50, told_quota=5000, callers=CALLERS))
    assert client.limiter.refused == 0
    assert client.budget.quota == 50
    assert client.budget.window_seconds == 60
