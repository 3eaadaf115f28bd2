terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "name" {
  type = string
}

variable "role_arn" {
  type = string
}

resource "aws_secretsmanager_secret" "db" {
  name = "prod/${var.name}/db"
}

resource "aws_lambda_function" "fn" {
  function_name = var.name
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

output "secret_arn" {
  value = aws_secretsmanager_secret.db.arn
}
