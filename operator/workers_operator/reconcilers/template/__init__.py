"""One pass over a WorkerTemplate or a ClusterWorkerTemplate: resolve → keep → decide → report → release."""
