
variable "azs" {
  default = ["eu-west-1a", "eu-west-1b"]
}
variable "create" {
  default = true
}
locals {
  vpc_id = try(aws_vpc_ipv4_cidr_block_association.this[0].vpc_id, aws_vpc.this[0].id, "")
}
resource "aws_vpc" "this" {
  count                = var.create ? 1 : 0
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}
resource "aws_vpc_ipv4_cidr_block_association" "this" {
  count      = 0
  vpc_id     = aws_vpc.this[0].id
  cidr_block = "10.9.0.0/16"
}
resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = local.vpc_id
  availability_zone = element(var.azs, count.index)
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index)
}
resource "aws_subnet" "public" {
  count             = 2
  vpc_id            = local.vpc_id
  availability_zone = element(var.azs, count.index)
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index + 10)
}
resource "aws_internet_gateway" "this" {
  count  = 1
  vpc_id = local.vpc_id
}
resource "aws_eip" "nat" {
  count = 1
}
resource "aws_nat_gateway" "this" {
  count         = 1
  allocation_id = element(aws_eip.nat[*].id, count.index)
  subnet_id     = element(aws_subnet.public[*].id, count.index)
}
resource "aws_route_table" "public" {
  count  = 1
  vpc_id = local.vpc_id
}
resource "aws_route" "public" {
  count                  = 1
  route_table_id         = aws_route_table.public[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}
resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = element(aws_subnet.public[*].id, count.index)
  route_table_id = element(aws_route_table.public[*].id, 0)
}
resource "aws_route_table" "private" {
  count  = 1
  vpc_id = local.vpc_id
}
resource "aws_route" "private" {
  count                  = 1
  route_table_id         = element(aws_route_table.private[*].id, count.index)
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = element(aws_nat_gateway.this[*].id, count.index)
}
resource "aws_route_table_association" "private" {
  count          = 2
  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = element(aws_route_table.private[*].id, count.index)
}
output "vpc_id" {
  value = try(aws_vpc.this[0].id, null)
}
output "private_subnets" {
  value = aws_subnet.private[*].id
}
