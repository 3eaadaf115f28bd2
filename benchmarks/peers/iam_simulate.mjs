// iam-simulate by the functions that its package exports. Usage: node iam_simulate.mjs DIR CASES PASSES
// DIR is where `npm install @cloud-copilot/iam-simulate` was run. It takes whole documents only, so each request
// brings its policies as text already parsed as JSON; nothing else of it can be made ready beforehand.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const [folder, file, passes] = process.argv.slice(2)
const { runUnsafeSimulation } = createRequire(join(resolve(folder), 'index.js'))('@cloud-copilot/iam-simulate')
const installed = join(folder, 'node_modules/@cloud-copilot/iam-simulate/package.json')

const asked = readFileSync(file, 'utf8').trim().split('\n').map((line) => {
  const { principal, action, resource, context, identityPolicies } = JSON.parse(line)
  return {
    request: { principal, action, resource: { resource, accountId: resource.split(':')[4] }, contextVariables: context },
    identityPolicies: identityPolicies.map((policy) => ({ name: 'policy', policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: []
  }
})

const seconds = []
let allowed = []
for (let i = 0; i < Number(passes); i++) {
  const start = process.cpuUsage()
  allowed = asked.map((each) => runUnsafeSimulation(each, {}) === 'Allowed')
  const { user, system } = process.cpuUsage(start)
  seconds.push((user + system) / 1e6)
}
const { version } = JSON.parse(readFileSync(installed, 'utf8'))
console.log(JSON.stringify({ name: `iam-simulate ${version}`, seconds, allowed }))
