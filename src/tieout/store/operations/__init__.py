"""What runs beside the workflows: messages to be sent, and job runs."""
