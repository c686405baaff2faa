/** Administration over HTTP. */
export {}
