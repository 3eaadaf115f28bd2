terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region     = "eu-west-1"
  access_key = "@@VALUE@@-access-key"
  secret_key = "@@VALUE@@-secret-key"
}

variable "password" {
  type      = string
  sensitive = true
  default   = "@@VALUE@@-variable"
}

variable "stage" {
  type    = string
  default = "@@VALUE@@-stage"
}

variable "tokens" {
  type    = map(string)
  default = { mail = "@@VALUE@@-map" }
}

locals {
  url = "postgres://app:${var.password}@db.internal:5432/shop"
}

resource "aws_secretsmanager_secret" "db" {
  name = "prod/shop/db"
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = jsonencode({ username = "app", password = var.password, url = local.url, plain = "@@VALUE@@-literal" })
}

resource "aws_secretsmanager_secret" "binary" {
  name        = "prod/shop/key"
  description = "@@VALUE@@-description"
  tags        = { note = "@@VALUE@@-tag" }
}

resource "aws_secretsmanager_secret_version" "binary" {
  secret_id     = aws_secretsmanager_secret.binary.id
  secret_binary = "@@VALUE@@-binary"
}

resource "aws_secretsmanager_secret_version" "once" {
  secret_id                = aws_secretsmanager_secret.db.id
  secret_string_wo         = "@@VALUE@@-write-only"
  secret_string_wo_version = 1
}

resource "aws_db_instance" "shop" {
  identifier          = "shop"
  engine              = "postgres"
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  username            = "app"
  password            = var.password
  skip_final_snapshot = true
}

resource "random_password" "mail" {
  length = 24
}

# Read while planning: the value stands in the plan's prior state.
data "aws_secretsmanager_secret_version" "other" {
  secret_id = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/other/db-AbCdEf"
}

resource "aws_iam_role" "exec" {
  name = "shop-exec"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid       = "ReadSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.db.arn, aws_secretsmanager_secret.binary.arn]
  }
}

resource "aws_iam_role_policy" "secrets" {
  name   = "secrets"
  role   = aws_iam_role.exec.id
  policy = data.aws_iam_policy_document.secrets.json
}

resource "aws_lambda_function" "fn" {
  function_name = "shop"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  architectures = ["x86_64"]
  description   = "@@VALUE@@-description"

  environment {
    variables = {
      DB_SECRET_ARN  = aws_secretsmanager_secret.db.arn
      DB_PASSWORD    = var.password
      DATABASE_URL   = local.url
      STAGE          = var.stage
      MAIL_TOKEN     = var.tokens.mail
      MAIL_PASSWORD  = random_password.mail.result
      OTHER_PASSWORD = data.aws_secretsmanager_secret_version.other.secret_string
      KNOWN_PASSWORD = nonsensitive(var.password)
      LOG_LEVEL      = "info"
    }
  }
}

output "url" {
  value     = local.url
  sensitive = true
}

output "stage" {
  value = var.stage
}
