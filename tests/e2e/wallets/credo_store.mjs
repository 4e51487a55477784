// Credo's own key store is a binary that is downloaded at install. These are a key store on node:crypto and a
// record store, both in memory for one run, behind Credo's interfaces.

import { EventEmitter } from "node:events";
import { randomBytes, randomUUID } from "node:crypto";

import {
  InjectionSymbols,
  JsonTransformer,
  Kms,
  RecordDuplicateError,
  RecordNotFoundError,
} from "@credo-ts/core";

import * as keys from "./keys.mjs";

/** Key management for P-256: ES256 signatures, and encryption to a verifier by ECDH-ES. */
export class MemoryKeys {
  backend = "memory";
  #keys = new Map();

  isOperationSupported(_context, { operation, type, algorithm, privateJwk, encryption, keyAgreement }) {
    const isP256 = (jwk) => jwk?.kty === "EC" && jwk.crv === "P-256";
    const supported = {
      createKey: () => isP256(type),
      importKey: () => isP256(privateJwk),
      deleteKey: () => true,
      randomBytes: () => true,
      sign: () => algorithm === "ES256",
      verify: () => algorithm === "ES256",
      encrypt: () => encryption.algorithm.endsWith("GCM") && keyAgreement?.algorithm === "ECDH-ES",
    };
    return supported[operation]?.() ?? false;
  }

  async getPublicKey(_context, keyId) {
    const jwk = this.#keys.get(keyId);
    return jwk ? { ...keys.publicJwk(jwk), kid: keyId } : null;
  }

  async createKey(context, { keyId = randomUUID() }) {
    return this.importKey(context, { privateJwk: { ...keys.newKey(), kid: keyId } });
  }

  async importKey(context, { privateJwk }) {
    const keyId = privateJwk.kid ?? randomUUID();
    this.#keys.set(keyId, privateJwk);
    return { keyId, publicJwk: await this.getPublicKey(context, keyId) };
  }

  async deleteKey(_context, { keyId }) {
    return this.#keys.delete(keyId);
  }

  async sign(_context, { keyId, data }) {
    return { signature: new Uint8Array(keys.signBytes(data, this.#key(keyId))) };
  }

  async verify(context, { key, data, signature }) {
    const publicJwk = key.publicJwk ?? (await this.getPublicKey(context, key.keyId));
    const verified = keys.isSigned(data, signature, publicJwk);
    return verified ? { verified, publicJwk } : { verified };
  }

  async encrypt(_context, { key, encryption, data }) {
    const { keyId, externalPublicJwk, apu, apv } = key.keyAgreement;
    const enc = encryption.algorithm;
    const secret = keys.agreedKey({
      privateJwk: this.#key(keyId),
      peerJwk: externalPublicJwk,
      enc,
      apu,
      apv,
    });
    return keys.encryptBytes(data, secret, encryption);
  }

  randomBytes(_context, { length }) {
    return new Uint8Array(randomBytes(length));
  }

  #key(keyId) {
    const jwk = this.#keys.get(keyId);
    if (!jwk) throw new Kms.KeyManagementKeyNotFoundError(keyId, [this.backend]);
    return jwk;
  }
}

/** Records by type and id; each is kept as JSON beside its tags, so that a caller never holds the stored one. */
class MemoryRecords {
  supportsCursorPagination = false;
  #types = new Map();

  #of(type) {
    if (!this.#types.has(type)) this.#types.set(type, new Map());
    return this.#types.get(type);
  }

  #put(record) {
    record.updatedAt = new Date();
    this.#of(record.type).set(record.id, {
      json: JsonTransformer.serialize(record),
      tags: { ...record.getTags() },
    });
  }

  #missing(recordType, id) {
    return new RecordNotFoundError(`no record ${id}`, { recordType });
  }

  async save(_context, record) {
    if (this.#of(record.type).has(record.id)) {
      throw new RecordDuplicateError(`record ${record.id} exists`, { recordType: record.type });
    }
    this.#put(record);
  }

  async update(_context, record) {
    if (!this.#of(record.type).has(record.id)) throw this.#missing(record.type, record.id);
    this.#put(record);
  }

  async delete(context, record) {
    await this.deleteById(context, record.constructor, record.id);
  }

  async deleteById(_context, { type }, id) {
    if (!this.#of(type).delete(id)) throw this.#missing(type, id);
  }

  async getById(_context, recordClass, id) {
    const kept = this.#of(recordClass.type).get(id);
    if (!kept) throw this.#missing(recordClass.type, id);
    return restored(kept, recordClass);
  }

  async getAll(_context, recordClass) {
    return [...this.#of(recordClass.type).values()].map((kept) => restored(kept, recordClass));
  }

  async findByQuery(_context, recordClass, query, { offset = 0, limit = Infinity } = {}) {
    const kept = [...this.#of(recordClass.type).values()].filter(({ tags }) => matches(tags, query));
    return kept.slice(offset, offset + limit).map((item) => restored(item, recordClass));
  }
}

function restored({ json, tags }, recordClass) {
  const record = JsonTransformer.deserialize(json, recordClass);
  record.replaceTags({ ...tags });
  return record;
}

/** Tell whether tags satisfy a query; a list in the query must be contained in the tag's list. */
function matches(tags, { $and = [], $or, $not, ...equal }) {
  const holds = ([name, wanted]) => {
    if (wanted === undefined) return true;
    return Array.isArray(wanted) ? wanted.every((item) => tags[name]?.includes(item)) : tags[name] === wanted;
  };
  const any = !$or || $or.some((query) => matches(tags, query));
  return (
    $and.every((query) => matches(tags, query)) &&
    any &&
    !($not && matches(tags, $not)) &&
    Object.entries(equal).every(holds)
  );
}

/** The module that gives an agent its record store. */
export class MemoryStorage {
  register(dependencyManager) {
    dependencyManager.registerInstance(InjectionSymbols.StorageService, new MemoryRecords());
  }
}

/** What Credo asks of its platform; a wallet of one run has no files and no sockets. */
export const dependencies = {
  FileSystem: class {},
  EventEmitterClass: EventEmitter,
  fetch,
  WebSocketClass: class {},
};
