# A VPC with two private subnets, a group for functions, and an endpoint for Secrets Manager.

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

variable "octet" {
  type = number
}

variable "admits" {
  type        = string
  description = "The address range that the endpoint admits in place of the functions' group."
}

variable "private_dns" {
  type = bool
}

variable "endpoint_in" {
  type        = list(string)
  description = "The zones that the endpoint is in."
}

data "aws_region" "current" {}

resource "aws_vpc" "this" {
  cidr_block           = "10.${var.octet}.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

resource "aws_subnet" "private" {
  for_each = { a = 0, b = 1 }

  vpc_id            = aws_vpc.this.id
  cidr_block        = "10.${var.octet}.${each.value}.0/24"
  availability_zone = "${data.aws_region.current.region}${each.key}"
  tags              = { Name = "${var.name}-${each.key}" }
}

resource "aws_security_group" "functions" {
  name        = "${var.name}-functions"
  description = "${var.name}-functions"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-functions" }
}

resource "aws_security_group" "endpoint" {
  name        = "${var.name}-endpoint"
  description = "${var.name}-endpoint"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-endpoint" }
}

# The template of this infrastructure cannot do without it; Terraform's group without rules lets nothing out.
resource "aws_vpc_security_group_egress_rule" "nothing" {
  for_each = { functions = aws_security_group.functions.id, endpoint = aws_security_group.endpoint.id }

  security_group_id = each.value
  ip_protocol       = "-1"
  cidr_ipv4         = "127.0.0.1/32"
  description       = "nothing, and not everything as without any rule"
}

resource "aws_vpc_security_group_egress_rule" "functions" {
  security_group_id            = aws_security_group.functions.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.endpoint.id
}

resource "aws_vpc_security_group_ingress_rule" "functions" {
  count = var.admits == "" ? 1 : 0

  security_group_id            = aws_security_group.endpoint.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.functions.id
}

resource "aws_vpc_security_group_ingress_rule" "range" {
  count = var.admits == "" ? 0 : 1

  security_group_id = aws_security_group.endpoint.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = var.admits
  description       = "former subnets"
}

resource "aws_vpc_endpoint" "secretsmanager" {
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${data.aws_region.current.region}.secretsmanager"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = var.private_dns
  security_group_ids  = [aws_security_group.endpoint.id]
  tags                = { Name = "${var.name}-secretsmanager" }
}

resource "aws_vpc_endpoint_subnet_association" "secretsmanager" {
  for_each = toset(var.endpoint_in)

  vpc_endpoint_id = aws_vpc_endpoint.secretsmanager.id
  subnet_id       = aws_subnet.private[each.key].id
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "subnet_a" {
  value = aws_subnet.private["a"].id
}

output "subnet_b" {
  value = aws_subnet.private["b"].id
}

output "function_group" {
  value = aws_security_group.functions.id
}
