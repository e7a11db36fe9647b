"""The running cluster: command lines of the components, their start and stop, and the supervisor process."""
