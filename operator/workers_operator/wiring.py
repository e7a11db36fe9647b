"""Wires the reconcilers, for ``app``."""

from dataclasses import dataclass

from workers_operator.account.credentials import TokenReader
from workers_operator.account.platforms import Platforms
from workers_operator.index.index import Index
from workers_operator.kube.client import KubeClient
from workers_operator.metrics import Metrics
from workers_operator.reconcilers.finalizer import Finalizer
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.platform.leftovers import LeftoverRemover
from workers_operator.reconcilers.platform.reconcile import PlatformReconciler
from workers_operator.reconcilers.platform.summaries import PlatformSummaries
from workers_operator.reconcilers.platform.upkeep import PlatformUpkeep
from workers_operator.reconcilers.status_writer import StatusWriter
from workers_operator.reconcilers.template.analysing import FleetAnalyst
from workers_operator.reconcilers.template.keeping import RevisionKeeper
from workers_operator.reconcilers.template.reconcile import TemplateReconciler
from workers_operator.reconcilers.template.reporting import TemplateReporter
from workers_operator.reconcilers.template.resolving import TemplateResolver
from workers_operator.reconcilers.worker.claims.beside import OtherPlatforms
from workers_operator.reconcilers.worker.claims.granting import RouteGranter
from workers_operator.reconcilers.worker.deletion import DeletionReconciler
from workers_operator.reconcilers.worker.deploying import WorkerDeployer
from workers_operator.reconcilers.worker.following import TemplateFollower
from workers_operator.reconcilers.worker.reconcile import WorkerReconciler
from workers_operator.reconcilers.worker.removal import Remover
from workers_operator.reconcilers.worker.resolving import Resolver
from workers_operator.reconcilers.worker.rollout.rolling import Roller
from workers_operator.reconcilers.worker.upkeep.probing import HealthProbe
from workers_operator.reconcilers.worker.upkeep.resting import RestKeeper
from workers_operator.reconcilers.worker.upkeep.routine import RoutineProbes
from workers_operator.reconcilers.worker.upkeep.scaling import Autoscaler
from workers_operator.scheduling.scheduler import Scheduler
from workers_operator.sources.loading import SourceLoader
from workers_operator.sources.revisions import TemplateVersions


@dataclass(frozen=True)
class Shared:
    """What the reconcilers have in common."""

    index: Index
    scheduler: Scheduler
    platforms: Platforms
    kube: KubeClient
    writer: StatusWriter
    finalizers: Finalizer
    pacing: Pacing
    metrics: Metrics


def workers(
    shared: Shared,
    resolver: Resolver,
    roller: Roller,
    probe: HealthProbe,
    follower: TemplateFollower,
) -> tuple[RoutineProbes, WorkerReconciler, DeletionReconciler]:
    """Return what probes, deploys and removes workers."""
    index, platforms, pacing = shared.index, shared.platforms, shared.pacing
    rests = RestKeeper(platforms, index.namespaces)
    routine = RoutineProbes(index.memories, platforms, follower, rests, probe, pacing)
    remover = Remover(index, platforms, pacing.clock)
    beside = OtherPlatforms(index, platforms)
    deployer = WorkerDeployer(
        index=index,
        granter=RouteGranter(index, platforms, beside, pacing.clock),
        autoscaler=Autoscaler(pacing),
        resolver=resolver,
        roller=roller,
        probe=probe,
        rests=rests,
        pacing=pacing,
    )
    worker = WorkerReconciler(
        memories=index.memories,
        platforms=platforms,
        deployer=deployer,
        remover=remover,
        writer=shared.writer,
        pacing=pacing,
        requeuer=shared.scheduler,
        repairs=shared.metrics,
    )
    deletion = DeletionReconciler(
        platforms=platforms,
        remover=remover,
        writer=shared.writer,
        finalizer=shared.finalizers,
        requeuer=shared.scheduler,
    )
    return routine, worker, deletion


def platforms(
    shared: Shared, tokens: TokenReader, summaries: PlatformSummaries, leftovers: LeftoverRemover
) -> PlatformReconciler:
    """Return what sets platforms up."""
    index, writer, clock = shared.index, shared.writer, shared.pacing.clock
    return PlatformReconciler(
        index=index,
        platforms=shared.platforms,
        tokens=tokens,
        summaries=summaries,
        clock=clock,
        requeuer=shared.scheduler,
        leftovers=leftovers,
        upkeep=PlatformUpkeep(index, writer, clock, shared.scheduler, shared.metrics),
    )


def templates(
    shared: Shared, loader: SourceLoader, versions: TemplateVersions, analyst: FleetAnalyst
) -> TemplateReconciler:
    """Return what rolls templates out to their followers."""
    index, platforms, pacing = shared.index, shared.platforms, shared.pacing
    return TemplateReconciler(
        index=index,
        platforms=platforms,
        resolver=TemplateResolver(loader, platforms, index.namespaces, pacing),
        keeper=RevisionKeeper(shared.kube, versions),
        analyst=analyst,
        reporter=TemplateReporter(shared.writer, pacing, shared.metrics),
        requeuer=shared.scheduler,
        pacing=pacing,
    )
