/** The corpus as it is without options, made once for all tests that look at it. */
import { createAttackCorpus } from '@mintmark/testkit'

export const corpus = createAttackCorpus()
