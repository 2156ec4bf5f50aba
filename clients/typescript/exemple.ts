/**
 * How a front end uses the types: copy schema.d.ts beside your code, and what is needed of this.
 * It is compiled in CI, so that it is true; nothing runs it.
 */
import createClient, { type Middleware } from "openapi-fetch";

import type { components, paths } from "./schema";

type Schemas = components["schemas"];
export type Actualite = Schemas["ActualiteList"];
export type Probleme = Schemas["Problem"];

/** What the API refused: `code` is stable and for the program, `message` is for the person. */
export class Refus extends Error {
  readonly code: string;
  readonly status: number;
  readonly champs: Readonly<Record<string, unknown>>;
  readonly requestId: string;

  constructor(probleme: Probleme) {
    super(probleme.detail);
    this.code = probleme.code;
    this.status = probleme.status;
    this.champs = probleme.fields;
    this.requestId = probleme.request_id;
  }
}

export function ouvrir(baseUrl: string, langue: "fr" | "en" = "fr") {
  const api = createClient<paths>({ baseUrl, headers: { "Accept-Language": langue } });
  let access: string | undefined;

  const jeton: Middleware = {
    onRequest({ request }) {
      if (access !== undefined) {
        request.headers.set("Authorization", `Bearer ${access}`);
      }
      return request;
    },
  };
  api.use(jeton);

  return {
    /** Returns null when the account asks for its second factor: call again with `code_2fa`. */
    async connecter(identifiants: Schemas["LoginRequest"]): Promise<Schemas["Profile"] | null> {
      const { data, error } = await api.POST("/api/v1/auth/login", { body: identifiants });
      if (error?.code === "second_facteur_requis") {
        return null;
      }
      if (error) {
        throw new Refus(error);
      }
      access = data.access;
      return data.user;
    },

    async actualites(mairie: string, page = 1): Promise<{ lignes: Actualite[]; suite: boolean }> {
      const { data, error } = await api.GET("/api/v1/actualites", {
        params: { query: { mairie, page, ordering: ["-date_publication"] } },
      });
      if (error) {
        throw new Refus(error);
      }
      return { lignes: data.results, suite: data.next != null };
    },

    /** A dossier, begun, answered and filed. The key makes a repeat of the request harmless. */
    async deposer(formulaire: number, donnees: Readonly<Record<string, unknown>>, cle: string) {
      const commencee = await api.POST("/api/v1/demarches", {
        params: { header: { "Idempotency-Key": cle } },
        body: { formulaire, donnees },
      });
      if (commencee.error) {
        throw new Refus(commencee.error);
      }
      const { id, code_suivi } = commencee.data;
      const deposee = await api.POST("/api/v1/demarches/{id}/deposer", {
        params: { path: { id: String(id) } },
        body: { code_suivi },
      });
      if (deposee.error) {
        throw new Refus(deposee.error);
      }
      return { ...deposee.data, code_suivi };
    },
  };
}

/** What to do about a refusal: the code decides, never the sentence. */
export function suite(refus: Refus): "corriger" | "se_connecter" | "attendre" | "montrer" {
  if (refus.status === 400 && Object.keys(refus.champs).length > 0) {
    return "corriger";
  }
  switch (refus.code) {
    case "non_authentifie":
      return "se_connecter";
    case "trop_de_demandes":
    case "indisponible":
      return "attendre";
    default:
      return "montrer";
  }
}
