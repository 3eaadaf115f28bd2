variable "secrets" {
  type = map(string)
}

module "orders" {
  source     = "../function"
  name       = "orders"
  secret_arn = var.secrets["orders"]
}

module "stock" {
  source     = "../function"
  name       = "stock"
  secret_arn = var.secrets["stock"]
}

output "functions" {
  value = [module.orders.arn, module.stock.arn]
}
