"""Floor 2: where a script comes from: a built-in template, a ConfigMap, or the object itself."""
