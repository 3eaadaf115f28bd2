terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "octet" {
  type = number
}

resource "aws_vpc" "this" {
  cidr_block = "10.${var.octet}.0.0/16"
}

resource "aws_subnet" "this" {
  count = 2

  vpc_id     = aws_vpc.this.id
  cidr_block = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
}

resource "aws_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_secretsmanager_secret" "this" {
  name = "prod/${var.octet}/db"
}

output "subnets" {
  value = aws_subnet.this[*].id
}

output "group" {
  value = aws_security_group.this.id
}

output "secret" {
  value = aws_secretsmanager_secret.this.arn
}
