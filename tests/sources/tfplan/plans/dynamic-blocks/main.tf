terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_secretsmanager_secret" "db" {
  name = "prod/shop/db"
}

module "function" {
  source = "./function"

  name        = "shop"
  environment = { DB_SECRET_ARN = aws_secretsmanager_secret.db.arn, LOG_LEVEL = "info" }
  statements  = { read = { actions = ["secretsmanager:GetSecretValue"], resources = [aws_secretsmanager_secret.db.arn] } }
}
