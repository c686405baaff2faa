/** The attack corpus as it is without options, made once for all tests that run it. */
import { createAttackCorpus } from '@mintmark/testkit'

export const corpus = createAttackCorpus()
