/** Class probabilities of one opinion: of the labelled rows without their own fold's labels, and of the unlabelled rows. */
export interface Opinion {
  readonly budget: Float64Array;
  readonly pool: Float64Array;
}
