/** Sealing answers to the trustees' key: HPKE, RFC 9180, P-256 and AES-256-GCM. */

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

import { concat, type Bytes } from "./bytes";
import { info, pad } from "./encoding";

export async function seal(key: JsonWebKey, round: string, stratum: string, plaintext: Bytes): Promise<Bytes> {
  const suite = new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  const public_ = await suite.kem.importKey("jwk", { ...key, key_ops: [] }, true);
  const sender = await suite.createSenderContext({
    recipientPublicKey: public_,
    info: info(round, stratum).buffer,
  });
  const sealed = await sender.seal(pad(plaintext).buffer);
  return concat(new Uint8Array(sender.enc), new Uint8Array(sealed));
}
