"""Can an AWS Lambda function read its Secrets Manager secrets, quickly and safely?"""

__version__ = "0.1.0"
