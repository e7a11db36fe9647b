"""The part that runs uploaded scripts: workerd processes, what they are told, and what they ask for."""
