export const en = {
  refused: {
    "token.idTaken": "This access exists already.",
    "token.tooMany":
      "The limit of accesses for phones, streams and recordings is reached. Withdraw one first.",
    "token.unknown": "This access does not exist.",
  },
};

export type Words = typeof en;
