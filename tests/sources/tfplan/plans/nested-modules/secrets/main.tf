terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "names" {
  type = list(string)
}

resource "aws_secretsmanager_secret" "this" {
  for_each = toset(var.names)

  name = "prod/${each.key}/db"
}

output "arns" {
  value = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }
}
