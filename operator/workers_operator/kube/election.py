"""Leader election by a Lease, with the semantics of client-go's leaderelection.

Clocks of different machines are never compared: a candidate measures by its own clock how long the Lease has stayed the
same.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from workers_operator.engine.clock import Clock
from workers_operator.engine.gate import ChangeGate
from workers_operator.kube.errors import KubeConflict, KubeError, KubeNotFound
from workers_operator.kube.leases import Lease

logger = logging.getLogger(__name__)

LEASE_SECONDS: Final = 13  # others may take the lease after it was not renewed for so long
RENEW_DEADLINE: Final = 8.0  # whoever could not renew for so long makes no changes any more
RETRY_SECONDS: Final = 2.0
# A renewal, or a release, is noticed within this. client-go waits RETRY_SECONDS here, too; asking costs one GET.
POLL_SECONDS: Final = 1.0
_REPEAT_SECONDS: Final = 60.0


class LeadershipLost(Exception):
    """The lease could not be renewed in time, or somebody else holds it."""


class Leases(Protocol):
    """Reads and writes the Lease: ``kube.leases.LeaseClient``."""

    async def read(self) -> Lease | None:
        """Return the Lease, None if there is none. Raises KubeError."""

    async def write(self, lease: Lease) -> Lease:
        """Create or replace the Lease. Raises KubeError."""

    async def close(self) -> None:
        """Close the connections."""


class Elector:
    """Takes part in the election as ``identity``. ``told`` is called with whether this process leads."""

    def __init__(
        self,
        leases: Leases,
        gate: ChangeGate,
        clock: Clock,
        identity: str,
        told: Callable[[bool], None],
    ) -> None:
        self._leases = leases
        self._gate = gate
        self._clock = clock
        self._identity = identity
        self._told = told
        self._seen: Lease | None = None
        self._seen_at = 0.0  # when it was first seen as it is
        self._renewed_at = 0.0
        told(False)

    async def acquire(self) -> None:
        """Return once this process holds the lease; the gate is open then."""
        logger.info("%s is a candidate for the lease", self._identity)
        said = -_REPEAT_SECONDS
        while True:
            try:
                if await self._try_to_acquire():
                    break
            except KubeConflict:
                pass  # another candidate was faster
            except KubeError as error:
                if self._clock.monotonic() - said >= _REPEAT_SECONDS:
                    said = self._clock.monotonic()
                    logger.warning("cannot ask for the lease: %s; trying again", error.message)
            await self._clock.sleep(self._pause())
        logger.info("%s holds the lease", self._identity)
        self._told(True)

    async def hold(self) -> None:
        """Renew the lease until cancelled. Raises LeadershipLost."""
        try:
            while True:
                await self._clock.sleep(RETRY_SECONDS)
                await self._renew()
        finally:
            self._told(False)

    async def release(self) -> None:
        """Let others have the lease at once if this process holds it, and close the connections."""
        self._gate.close()
        try:
            if self._seen is not None and self._seen.holder == self._identity:
                await self._give_up(self._seen)
        except KubeError as error:
            logger.info("the lease was not released: %s", error.message)
        finally:
            self._seen = None
            await self._leases.close()

    # --- steps ------------------------------------------------------------------------------------------------------

    async def _try_to_acquire(self) -> bool:
        found = await self._leases.read()
        if found is not None and found != self._seen:
            self._seen, self._seen_at = found, self._clock.monotonic()
        is_held = found is not None and found.holder not in ("", self._identity)
        if (
            found is not None
            and is_held
            and self._clock.monotonic() < self._seen_at + found.duration
        ):
            return False
        await self._write(found)
        return True

    def _pause(self) -> float:
        """Return the seconds until the next look: at the latest when the lease ends."""
        if self._seen is None:
            return POLL_SECONDS
        left = self._seen_at + self._seen.duration - self._clock.monotonic()
        return left if 0 < left < POLL_SECONDS else POLL_SECONDS

    async def _renew(self) -> None:
        left = self._renewed_at + RENEW_DEADLINE - self._clock.monotonic()
        try:
            # At least one attempt: nobody may have taken the lease of a process that was only slow.
            async with asyncio.timeout(max(1.0, left)):
                await self._write_or_look()
        except (KubeError, TimeoutError) as error:
            if self._clock.monotonic() >= self._renewed_at + RENEW_DEADLINE:
                self._lose(f"the lease could not be renewed within {RENEW_DEADLINE:.0f} s")
            logger.info("the lease was not renewed: %s; trying again", error)

    async def _write_or_look(self) -> None:
        try:
            await self._write(self._seen)
        except (KubeConflict, KubeNotFound):
            found = await self._leases.read()
            if found is not None and found.holder != self._identity:
                self._lose(f"the lease is held by {found.holder or 'nobody'}")
            await self._write(found)  # it was edited or deleted, and nobody else has taken it

    async def _give_up(self, lease: Lease) -> None:
        now = self._clock.now()
        # client-go leaves a second, too: a duration of 0 is not valid.
        released = replace(lease, holder="", duration=1, acquired=now, renewed=now)
        try:
            await self._leases.write(released)
        except KubeConflict:  # a renewal that was cut short has been carried out
            found = await self._leases.read()
            if found is not None and found.holder == self._identity:
                await self._leases.write(replace(released, version=found.version))

    async def _write(self, found: Lease | None) -> None:
        began, now = self._clock.monotonic(), self._clock.now()
        wanted = Lease(self._identity, LEASE_SECONDS, now, now, 0)
        if found is not None and found.holder == self._identity:
            wanted = replace(found, duration=LEASE_SECONDS, renewed=now)
        elif found is not None:
            wanted = replace(wanted, transitions=found.transitions + 1, version=found.version)
        self._seen = await self._leases.write(wanted)
        # Others measure from a later moment: from when they have seen it.
        self._seen_at = self._renewed_at = began
        self._gate.open_until(began + RENEW_DEADLINE)

    def _lose(self, why: str) -> None:
        self._gate.close()
        self._seen = None
        raise LeadershipLost(why)
