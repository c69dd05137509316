"""The practice course: tasks for staff at the windows of a pretend counter, which is watched for what is done right and wrong."""
