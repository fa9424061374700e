// A provider of identities for tests: oidc-provider, a certified implementation of OpenID Connect, over TLS.
//
//   node provider.mjs oidc-provider/lib/index.js chain.pem key.pem
//
// Prints its issuer once it listens. Whoever comes to sign in is whom `login_hint` describes, as JSON: `sub`, and any claims.
// Commands come by the standard input, a line each, and are answered with `done`: `rotate` signs with a new key from then on,
// which alone is shown; `disable SUB` lets somebody sign in no more.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [library, chain, key] = process.argv.slice(2)
const { default: Provider } = await import(pathToFileURL(library))

// What it has to say of itself is no answer.
console.info = console.error

const REDIRECT = 'org.example.app:/signed-in'
const accounts = new Map()
const disabled = new Set()

const app = (client_id, more = {}) => ({
  client_id,
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  redirect_uris: [REDIRECT],
  ...more,
})

function provider(issuer) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return new Provider(issuer, {
    clients: [
      app('walkbook'),
      app('another-app'),
      app('with-secret', { token_endpoint_auth_method: 'client_secret_basic', client_secret: 'a secret: of 100%' }),
    ],
    claims: { openid: ['sub', 'org_id', 'amr', 'acr'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    cookies: { keys: [randomUUID()] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, accountId) => {
      const claims = accounts.get(accountId)
      return claims && { accountId, claims: () => claims }
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' }] },
    pkce: { required: () => true },
    renderError: (ctx, out) => { ctx.body = out },
  })
}

async function signIn(oidc, request, response) {
  const { params } = await oidc.interactionDetails(request, response)
  const { amr, acr, ...claims } = JSON.parse(params.login_hint)
  accounts.set(claims.sub, claims)
  if (disabled.has(claims.sub)) {
    return oidc.interactionFinished(request, response, { error: 'access_denied' })
  }
  const grant = new oidc.Grant({ accountId: claims.sub, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  const login = { accountId: claims.sub, amr, acr, remember: false }
  return oidc.interactionFinished(request, response, { login, consent: { grantId: await grant.save() } })
}

let oidc
const server = createServer({ cert: readFileSync(chain), key: readFileSync(key) }, (request, response) => {
  if (!request.url.startsWith('/interaction/')) return oidc.callback()(request, response)
  signIn(oidc, request, response).catch((error) => response.writeHead(500).end(String(error)))
})
server.listen(0, '127.0.0.1', () => {
  const issuer = `https://localhost:${server.address().port}`
  oidc = provider(issuer)
  console.log(issuer)
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const [command, subject] = line.split(' ')
      if (command === 'rotate') oidc = provider(issuer)
      if (command === 'disable') disabled.add(subject)
      console.log('done')
    })
    // Whoever started it is gone.
    .on('close', () => process.exit())
})
