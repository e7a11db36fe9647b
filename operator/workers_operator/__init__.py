"""The Code24 Workers Operator: Cloudflare Workers as Kubernetes objects.

Floors, imports go down only: ``cli`` → ``app`` → ``handlers`` → ``reconcilers`` →
``cloudflare | kube | sources | engine`` → ``domain | resources``.
"""

__version__ = "0.1.0"
