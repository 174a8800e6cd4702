// The npm package oidc-provider, for the relying party to sign in with: everybody is Adele.
// Arguments: port, and the clients as JSON.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [port, clients] = process.argv.slice(2);
// The package is where the environment says, and not beside this file.
const require = createRequire(`${process.env.REGISTRAZIONE_OIDC_PEER}/`);
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));

const fiscalNumber = "https://attributes.eid.gov.it/fiscal_number";
const person = {
  given_name: "Adele",
  family_name: "Trovamala",
  birthdate: "1984-03-12",
  gender: "female",
  email: "adele@op.example",
  [fiscalNumber]: "TINIT-TRVDLA84C52F205F",
};
const acr = ["1", "2", "3"].map((level) => `https://www.spid.gov.it/SpidL${level}`);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: JSON.parse(clients),
  acrValues: acr,
  claims: { openid: ["sub", fiscalNumber], profile: ["given_name", "family_name", "birthdate", "gender"], email: ["email"] },
  cookies: { keys: ["a key of the tests, which opens nothing"] },
  enabledJWA: {
    userinfoEncryptionAlgValues: ["RSA-OAEP-256"],
    userinfoEncryptionEncValues: ["A256CBC-HS512"],
  },
  features: {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true },
    encryption: { enabled: true },
    jwtUserinfo: { enabled: true },
    requestObjects: { enabled: true },
    revocation: { enabled: true },
    backchannelLogout: { enabled: true },
  },
  // The package asks nobody on its own machine, where the test listens.
  fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...person }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  renderError: (ctx, out) => { ctx.type = "json"; ctx.body = out; },
  pkce: { required: () => true },
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
});

const answer = provider.callback();
createServer(async (request, response) => {
  if (!request.url.startsWith("/interaction/")) {
    answer(request, response);
    return;
  }
  const { params } = await provider.interactionDetails(request, response);
  if (params.login_hint === "gives-up") {
    await provider.interactionFinished(request, response, { error: "access_denied" });
    return;
  }
  const grant = new provider.Grant({ accountId: "adele", clientId: params.client_id });
  grant.addOIDCScope("openid profile email");
  grant.addOIDCClaims(Object.keys(person));
  const result = {
    login: { accountId: "adele", acr: params.acr_values ?? acr[0] },
    consent: { grantId: await grant.save() },
  };
  await provider.interactionFinished(request, response, result);
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
