/** RFC 9396, authorization details. */
import { because, may, must, type Standard, should, shownBy } from './requirement.ts'
import { detailsTest, noUsers, parsedDetails, senderConstraint } from './test-files.ts'

const refused = (what: string) =>
  detailsTest(`details with ${what} are refused with invalid_authorization_details`)

export const rfc9396: Standard = {
  name: 'RFC 9396',
  authorizationServer: [
    must(
      '2',
      'takes authorization_details as a JSON array of objects with a type',
      parsedDetails('are read with the common members and those of their type'),
    ),
    must('2.2', 'knows the common members by their form', refused('actions that are text')),
    must(
      '3',
      'treats scope and details beside each other as one request',
      detailsTest('a resource server sees the details that concern it and no others'),
    ),
    must('5', 'refuses a type that it does not know', refused('a type that nobody knows')),
    must(
      '5',
      'refuses objects that do not conform to their type: an unknown member, a wrong form',
      shownBy(refused('a member that the type does not have'), refused('no type')),
    ),
    must(
      '5',
      'refuses a type that the client may not ask for',
      refused('a type that the client may not ask for'),
    ),
    must('5', 'answers invalid_authorization_details', refused('no JSON')),
    must(
      '6',
      'grants a token with the details that were asked for, or fewer by consent',
      detailsTest('a token has the details of its own request: none are kept for the next'),
    ),
    must(
      '7',
      'tells the granted details in the token response',
      detailsTest(
        'details are granted as asked for, and stand in response, jwt token and introspection',
      ),
    ),
    must(
      '9.1',
      'has them in the JWT as authorization_details',
      senderConstraint('our client gets bound jwt tokens, and what it asks for in detail'),
    ),
    must(
      '9.2',
      'tells them in introspection, those only that concern the resource server',
      detailsTest('a resource server sees the details that concern it and no others'),
    ),
    may(
      '10',
      'lists authorization_details_types_supported in its metadata',
      detailsTest('the metadata says which types there are, from the moment they are registered'),
    ),
    must('11.1', 'shows the person what is asked for', noUsers),
    should(
      '12',
      'protects details in the front channel from change',
      because(
        'there is no front channel: details come over the back channel of the token endpoint',
      ),
    ),
  ],
}
