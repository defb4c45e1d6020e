/** The other side broke the rules of the protocol. The message names the place, never the value. */
export class ProtocolFault extends Error {
  override readonly name = "ProtocolFault";
}
