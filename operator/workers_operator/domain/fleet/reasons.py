"""Reasons of conditions caused by a fleet."""

from workers_operator.domain.text.words import ReasonWord


class FleetReason(ReasonWord):
    """Why followers do not have a template's version (yet), and why a worker cannot follow."""

    UPDATED = "FleetUpdated", "Ready, RolledOut", "All followers have the template's version."
    PROGRESSING = (
        "FleetProgressing",
        "Ready, RolledOut, Reconciling",
        "A new version of the template reaches its followers; the message says which wave it is at.",
    )
    PAUSED = (
        "FleetPaused",
        "Ready, RolledOut, Reconciling",
        "The next wave waits for `workers-operator rollout promote`, or `resume`, or `abort`.",
    )
    STOPPED = (
        "FleetStopped",
        "Ready, RolledOut",
        "Followers have failed; those that were not reached keep what they have until an edit or `rollout retry`.",
    )
    ABORTED = (
        "FleetAborted",
        "Ready, RolledOut",
        "All followers have the former version, until an edit of the template or `rollout retry`.",
    )
    TEMPLATE_TOO_LARGE = (
        "TemplateTooLarge",
        "SourceResolved",
        "A version of the template does not fit into a ControllerRevision; let workers name the source themselves.",
    )
    WORKER_TEMPLATE_NOT_FOUND = (
        "WorkerTemplateNotFound",
        "SourceResolved",
        "The template of `spec.source.templateRef` does not exist; what serves stays as it is.",
    )
    WORKER_TEMPLATE_NOT_READY = (
        "WorkerTemplateNotReady",
        "SourceResolved",
        "The template has no version yet; its own conditions say why.",
    )
    WORKER_TEMPLATE_MISMATCH = (
        "WorkerTemplateMismatch",
        "SourceResolved",
        "The template is for another kind of workers, or a version of it was changed by somebody else.",
    )
