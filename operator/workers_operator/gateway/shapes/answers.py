"""Envelopes of answers: ``success`` and the content."""

from typing import Literal

from pydantic import Field

from workers_operator.gateway.shapes.models import (
    AnswerModel,
    ListedWorkerModel,
    VersionModel,
    WorkerModel,
)

Deployment = Literal["ready", "deploying", "failed"]


class SuccessModel(AnswerModel):
    """An answer to a request that was carried out."""

    success: Literal[True] = Field(default=True, description="true.")


class WorkersAnswerModel(SuccessModel):
    """A page of the list of workers."""

    workers: tuple[ListedWorkerModel, ...] = Field(description="The workers, by script name.")
    total: int = Field(description="Number of workers that the filters let pass, on all pages.")
    cursor: str | None = Field(
        default=None, description="Parameter cursor of the next page; absent on the last one."
    )
    stale: bool | None = Field(
        default=None,
        description="true while the watch is broken: the answer may be stale.",
    )


class WorkerAnswerModel(SuccessModel):
    """A worker."""

    worker: WorkerModel = Field(description="The worker.")
    status: Deployment | None = Field(
        default=None, description="Of an answer to a change: ready, deploying or failed."
    )
    dry_run: bool | None = Field(
        default=None, description="true if nothing was changed: the answer to ?dryRun=true."
    )
    stale: bool | None = Field(
        default=None,
        description="true while the watch is broken: the answer may be stale.",
    )


class DeploymentAnswerModel(WorkerAnswerModel):
    """A worker that is being deployed, or is."""

    name: str = Field(description="Script name, by which every endpoint names the worker.")
    urls: tuple[str, ...] = Field(description="URLs of the worker; none before it is routed.")
    version: str | None = Field(default=None, description="Version that serves.")


class DeletionAnswerModel(SuccessModel):
    """How far a deletion has come."""

    name: str = Field(description="Script name of the worker.")
    deleted: bool = Field(description="Whether the object is gone, and with it the worker.")
    message: str = Field(description="How far the deletion has come.")
    dry_run: bool | None = Field(default=None, description="true if nothing was deleted.")


class VersionsAnswerModel(SuccessModel):
    """The versions of a worker."""

    versions: tuple[VersionModel, ...] = Field(description="The versions, newest first.")
    total: int = Field(description="Number of versions.")
    stale: bool | None = Field(
        default=None,
        description="true while the cluster cannot be watched: there may be newer states.",
    )


class ErrorModel(AnswerModel):
    """What is wrong with a request."""

    code: str = Field(description="Code, the same as a condition reason where there is one.")
    message: str = Field(description="What is wrong, and what to do.")
    field: str | None = Field(description="Field or parameter of the request, or null.")
    documentation_url: str = Field(
        alias="documentation_url", description="Where the code is explained."
    )


class ErrorsAnswerModel(AnswerModel):
    """The answer to a request that was not carried out."""

    success: Literal[False] = Field(default=False, description="false.")
    errors: tuple[ErrorModel, ...] = Field(description="What is wrong, at least one.")
    worker: WorkerModel | None = Field(
        default=None, description="The worker, where the request was to change one and it failed."
    )
