variable "name" {
  type = string
}

variable "log_level" {
  type = string
}

variable "role_arn" {
  type = string
}

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

resource "aws_secretsmanager_secret" "db" {
  name = "prod/${var.name}/db"
}

resource "random_password" "db" {
  length  = 32
  special = false
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = jsonencode({ username = "app", password = random_password.db.result })
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
      LOG_LEVEL     = var.log_level
    }
  }
}

output "secret_arn" {
  value = aws_secretsmanager_secret.db.arn
}
