terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "role_arn" {
  type = string
}

resource "aws_secretsmanager_secret" "db" {
  name = "prod/there/db"
}

resource "aws_lambda_function" "fn" {
  function_name = "there"
  role          = var.role_arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]

  environment {
    variables = {
      DB_SECRET_ARN = aws_secretsmanager_secret.db.arn
    }
  }
}
