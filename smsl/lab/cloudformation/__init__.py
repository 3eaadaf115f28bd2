"""CloudFormation: templates that deploy into the lab, resource by resource, through the lab's own API."""
