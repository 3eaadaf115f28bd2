
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "eu-west-1"
}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

locals {
  role   = aws_iam_role.inline.id
  other  = aws_iam_role.attached.id
  secret = aws_secretsmanager_secret.a.id
  group  = aws_security_group.fn.id
  tables = aws_route_table.private[*].id
}

resource "aws_secretsmanager_secret" "a" {
  name = "prod/a"

}
resource "aws_secretsmanager_secret_version" "a" {
  secret_id     = local.secret
  secret_string = "x"
}


resource "aws_vpc" "v" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}
resource "aws_subnet" "private" {
  count      = 2
  vpc_id     = aws_vpc.v.id
  cidr_block = cidrsubnet(aws_vpc.v.cidr_block, 8, count.index)
}

resource "aws_security_group" "fn" {
  vpc_id = aws_vpc.v.id
}
resource "aws_security_group" "open" {
  vpc_id = aws_vpc.v.id
  egress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_vpc_security_group_egress_rule" "o" {
  security_group_id = local.group
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}


resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.v.id
}
resource "aws_subnet" "public" {
  count      = 2
  vpc_id     = aws_vpc.v.id
  cidr_block = cidrsubnet(aws_vpc.v.cidr_block, 8, count.index + 10)
}
resource "aws_eip" "n" {
  count = 2
}
resource "aws_nat_gateway" "n" {
  count         = 2
  allocation_id = aws_eip.n[count.index].id
  subnet_id     = aws_subnet.public[count.index].id
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.i.id
  }
}
resource "aws_route_table_association" "public" {
  count          = length(aws_subnet.public)
  subnet_id      = element(aws_subnet.public[*].id, count.index)
  route_table_id = aws_route_table.public.id
}
resource "aws_route_table" "private" {
  count  = 2
  vpc_id = aws_vpc.v.id
}
resource "aws_route" "private" {
  count                  = 2
  route_table_id         = element(aws_route_table.private[*].id, count.index)
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = element(aws_nat_gateway.n[*].id, count.index)
}
resource "aws_route_table_association" "private" {
  count          = 2
  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = local.tables[count.index]
}

data "aws_iam_policy_document" "p" {

  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.a.arn]

  }
}

resource "aws_iam_role" "inline" {
  name               = "inline-exec"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "inline" {
  name   = "inline"
  role   = local.role
  policy = data.aws_iam_policy_document.p.json
}

resource "aws_lambda_function" "inline" {
  function_name = "inline"
  role          = aws_iam_role.inline.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = aws_secretsmanager_secret.a.arn
    }
  }

}

resource "aws_iam_role" "attached" {
  name               = "attached-exec"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.p.json
}
resource "aws_iam_role_policy_attachment" "p" {
  role       = local.other
  policy_arn = aws_iam_policy.p.arn
}

resource "aws_lambda_function" "attached" {
  function_name = "attached"
  role          = aws_iam_role.attached.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = aws_secretsmanager_secret.a.arn
    }
  }

}

resource "aws_iam_role" "granted" {
  name               = "granted-exec"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "granted" {
  name   = "granted"
  role   = aws_iam_role.granted.id
  policy = data.aws_iam_policy_document.p.json
}

resource "aws_lambda_function" "granted" {
  function_name = "granted"
  role          = aws_iam_role.granted.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = aws_secretsmanager_secret.a.arn
    }
  }

}

resource "aws_lambda_function" "routed" {
  function_name = "routed"
  role          = aws_iam_role.granted.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = aws_secretsmanager_secret.a.arn
    }
  }
  vpc_config {
    subnet_ids         = aws_subnet.private[*].id
    security_group_ids = [aws_security_group.open.id]
  }

}

resource "aws_lambda_function" "grouped" {
  function_name = "grouped"
  role          = aws_iam_role.granted.arn
  runtime       = "python3.12"
  handler       = "index.handler"
  filename      = "code.zip"
  timeout       = 10
  environment {
    variables = {
      SECRET_ARN = aws_secretsmanager_secret.a.arn
    }
  }
  vpc_config {
    subnet_ids         = [aws_subnet.app.id]
    security_group_ids = [aws_security_group.fn.id]
  }

}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.40.0/24"
}
resource "aws_route_table" "app" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.n[0].id
  }
}
resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}
