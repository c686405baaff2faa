/**
 * Private keys of kinds that must not verify access tokens, and two more P-256 keys. Published like all fixture keys.
 */
import type { SigningJwk } from './corpus-signatures.ts'

/** RSA with 1,024 bits: factored by whoever can pay for it (RFC 7518 section 3.3 asks for 2,048). */
export const shortRsaKey: SigningJwk = {
  kty: 'RSA',
  n: 'phTYODfxb6KrgsJd3awuqK_dO6GYDLsxRYoSHQL2VbC2PDRqn9vdFxDTOSOI2T5BC_d5ArkRb1NEWMFoKdQYYWR4V-r7B2ZEyqwvUlsYeo6o1Kww7AXb3Y-EAITzWeoLt0yNXPXcgdpprODwAN5kUfNSagFB14rfj7n0QoDyee0',
  e: 'AQAB',
  d: 'jtXmj5MthkF1GGRprjhjeJinwJ1d07U6zv_MTD879L6iPG0oNow1PZ0uzDmPfKdZ8hzIalsYb5JBecP8_dx3igjNXdOHDbB1dpIk_Seae4vlIXjDpuLes5eBylRbE3esC_pDFyum7XZ7Jp4Z2x6p0kwYTmZCPL5g2In1SbOf_oE',
  p: '0h37Jcn88-b6oAfHrCLRLNrs_SMs_qcPyjv7W8janc_lF7pFB9BXvMPiOXF1nKlzbglUr6CHuk-eGsR5YMG19Q',
  q: 'ylkrZ5_SSvb4XPv19efk-q6KnuEgy3tpAMF_rGuzoFDOasAVaQhmFKuHEKV4vdjOG0iiy_MpVTcN9__4UjLBGQ',
  dp: 'VMqSgiJr-MU6WIArPLTkMrS6NEEQtEcYoSTpf5WjW1H9AkFCADA8Z8morkOyEaF0GnCbgzBF9ZKRm_2zea9STQ',
  dq: 'KqXyrQuVcjFtlYORirvOmjtxgh0nIVwofH1MIJYurOp7JyrHGHUpts-UTyDhOvpYLo33qg7dNlW9PvkXaJPD-Q',
  qi: 'FBDnwoW-CiWD5h3HHBTUYvQeVYwgryXr8_WHElMmHYaaEA61x2f8oeRuTOYA2VSBMJDXZlkVU1ss1dZO85grqg',
}

/** Of a curve that no algorithm of the guard uses. */
export const p384Key: SigningJwk = {
  kty: 'EC',
  x: 'FHXVEjVs-jsJjcTvi-FTGu8H2hENxKedEh7NFDtWPnDdClTi7we7OPgpzC1XG6Ca',
  y: 'I_48-6dGbDWIUhtfmrWEiN9JnYIOI_SzVQzrzECf55QP7A6Gj10UR8MzYsW1XeBF',
  crv: 'P-384',
  d: 'RVVez8qonijAHIXBkQn-P42-VAlg5KT5aB_9CV-zhHV8AS0eUrgt0T0gI6vCDU0j',
}

/** As long as a key of P-256, and of another curve. */
export const secp256k1Key: SigningJwk = {
  kty: 'EC',
  x: '5f7moUjnlKObuQy19e2T6d4J7qgi3JUTgJZAUWkBL8o',
  y: 'IwYGWJhQvBwe8-o2bTDu2Cm1YrXWlnbb-76vSbMbKgg',
  crv: 'secp256k1',
  d: '7P8l1GMV9aVnWMnCYMkclnqo7fmBfqWtU9TBxcl-7BI',
}

/** A sound key; what makes it unfit is how it is published. */
export const spareEcKey: SigningJwk = {
  kty: 'EC',
  x: 'UlJucwGHiJT2S_7aKxYoy4WUMkFapyzDnc4aNlMIakU',
  y: '2l7Fpt7-Cux7SRhfE0VlfTcwqYOdxV3NoDAGvYjBD2I',
  crv: 'P-256',
  d: 'iwfhL9CPWwUQ-gNlW1QOv0cZ73KaxMovJt5eB5wyg98',
}

/** Another sound key. */
export const otherSpareEcKey: SigningJwk = {
  kty: 'EC',
  x: 'JFdeBkc45TOjqtmXh7PeQjWY60Gfj3aqyqlWOu7LB9M',
  y: 'Ufvl6HRWTk8n5KbyfExsPFPlpwnAZago5TQoxlASZvI',
  crv: 'P-256',
  d: '_Q_HuhPc2siw5Rro4BEbUVWvb8NvngrlcRSo-EyILvo',
}

/** A sound RSA key. */
export const spareRsaKey: SigningJwk = {
  kty: 'RSA',
  n: '0DMoDFKE-0C4qJU_qCJEgLQb6AG3nYMLlr-AN4G0lBwuoHan2dHailkgyXQJukiS7Y-FOSwLAzWYKWJbTVUgaMy7qg4rsejwar5_YXg1yDX-zreptxOnAbCKwkg0mpKJVUpf_3rO--4AwBRtBBiMrvVxEOu8HMF-3O2v1vINnVj7KSIMg6VAht9egFAzo1zmr-C3k7zf_xWaSaIztkhkTMR_rGWFcRkTpwIAAkrf_wruK0zGY-sWspZtszX2Eq9QzSMmhyZ8f4AdRBCsl-zQo7218chW762mMHCjT-u_JfqGlT3DGhiIwUpUYHvGLOk_3AM0cdcmhcrskLXN8ROKSQ',
  e: 'AQAB',
  d: 'LOwExZfeeonN7g355LC0ICL8bHRGZnV6gCXEp_VT_asRAm1nrQ9i_Hvbn6vqV2fGT_yqDZprq98Z_D_tHEP0ULhv-3LAScxNZ3K_8EtsK00_M-Ib-9UBMVOitOW4d-uLNzxrdyfL1j7VqZweo4YagLuTkEeU2I2FbmzYhmPGvT6sMNCMn-8kRyDxtTooksEQ_0plABxsGAsMJhCWXwrwFtWTzzOpBmmqKYakipACWk-GO74HBbu_cJM2DrHP99S0QZavzpeJt5Id0zNZxY-iu-vhpymroyMIKoBnPAaWmgOpmdswfOMxPRFAROxAx3CQwSC4u8VaSCuQm--0SYcB-w',
  p: '_UDp4Y_zXDKS8EBhuVqKO_dlZ2__GMMt5R1qTVabfzXQzvl0ohVuLiKh07O_J85J8svDbfYTHiUgkyEnNHpQuj_25JRMvHvOr_nzJRUoDlf_Me0Tuyck81b0ENTLwnqndcVG7m_ILuJFk2E74t-7KABsRA6RDRh1js0sZqXmX3c',
  q: '0nUp-a6fiiXyvwt-41f91yaHa1viIJ-OYQOdpUvkILzMxeTMzXyx5sWZVdfBWq1m_Gsb-7aweU11u9TkGaaNBfn4Vk-E09htbhk0QmsbubIHpUQAGM3fIX3hBKMetVZnGtCC106dHB9n3gq1gZA7K3qiSKCABa8pmD-04qQpVD8',
  dp: '30o3rDgWkujIY2nwf9OTY_HqB3xYx8V3FraLvmqpKU0SsRqCulH41laUpiqqVPdufdMomTBIhOCpSvAFOCDMQpsZHUqgKeNjRgc0WTLBIXx2tddY-T83NhIpmRl2Gh-4vH7W3m3Sa3v3ak1l1s_6nPdafdr2CzzQkbrW9h4581s',
  dq: 'FCGrAzxF_JQGtWmnGJ4pJPSFjap7Zf19RCBxawdoag1FVUS-poVgCyApu8FouIDP0iN4yMo_9UqIkZAaxa1d3g18SN1QamdQiHCWxCe0vj2eZ5uqmrTOvEhrRuNHo7cBI9qAOZJGixMh_2Zs2FjwoAcaEPJxbJnF0898QRXM8kc',
  qi: 'eC444k7d9PI5EEhrStvkLJ0aFTuRnYt__Pd7vXuVykncbw2n-3Z4umETnVSrAjALr2ZAMy-7eqR2oNC0NR_xVDQf85TCXbTFb7inydxE8CnU6q015Vctw-YFVfFNf8H9Q8E3Ll-8_dqGlV-3Jo7qbhWrAS-QWBjE34f2cFR-g20',
}

/** The RSA modulus above with the exponent 1, under which every padded message is its own signature. */
export const exponentOneJwk: SigningJwk = { kty: 'RSA', n: spareRsaKey.n ?? '', e: 'AQ' }
