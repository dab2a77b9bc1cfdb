// What went wrong, as a code that the screens have words for; never a sentence.

export class Refusal extends Error {
  constructor(code, details = {}) {
    super(code);
    this.name = "Refusal";
    this.code = code;
    Object.assign(this, details);
  }
}
