/**
 * Private keys for tests, one per signature algorithm, as JWKs (RFC 7517). They are published: a signature by one of
 * them proves nothing, and nothing outside tests may trust them. Fixed, because making an RSA key takes longer than
 * a test may.
 */
import type { PrivateJwk, SignatureAlgorithm } from '@mintmark/jwt'

/** The keys of `the.issuer`. `kid` is `fixture-` and the algorithm in lower case. */
export const fixtureKeys: Readonly<Record<SignatureAlgorithm, PrivateJwk>> = {
  ES256: {
    kid: 'fixture-es256',
    alg: 'ES256',
    use: 'sig',
    kty: 'EC',
    x: 'fNBBt9B7_tYjCfQehHwXA7rF3HuChV_uzW-184kU3Ls',
    y: 'bXH11BKlSphDwT89Fo1XMgzB7WAce6BodB-D7gRWbj0',
    crv: 'P-256',
    d: 'DQ7gPfWQnhdiqnN_Vu3aB1NyOWi9xscyC4j9MT6o34o',
  },
  EdDSA: {
    kid: 'fixture-eddsa',
    alg: 'EdDSA',
    use: 'sig',
    crv: 'Ed25519',
    d: '5yFZ2rGVMc_mdndQi0oR3llTT_QUJ0_d9zfFYa5H690',
    x: 'jMaieB5bBWpXRrcxObdyf6TvtCo7J7g3Y16PJE1Wrao',
    kty: 'OKP',
  },
  RS256: {
    kid: 'fixture-rs256',
    alg: 'RS256',
    use: 'sig',
    kty: 'RSA',
    n: 'k1-t5RhFSCLB1Ljebt_-SNYcKnBLXtNLU5duoDsD6dpPKKN7wUTLHlEpc_wi-3DtvY1oM0hUtCX9OjOW_AZqPVineLxLYyqkcWfKEqFyK_-U-zTMiWBObUrQynx57HyxNY0Ha4LTC9hI9mRiisrFOt-su74M5HQq7l8wBmlGJ6f4PiCS4XM5veJ8qj6ffarn4Xx9KXYUTGbFQ9fZP5E7BsP5oe1f5BBcb-Enwz8xBuijkmOzgb2AUUql4JiYAjle30byhHiMIdypL7UhhaqMrij4AyaD9413aaXwvZv4obx-kYxjM3AZHc2x4X2ehWc8VfpOKFaACgzLOe0jKLlGTw',
    e: 'AQAB',
    d: 'CExp9ALdhoYBLiOe0CrSxx0vXCsTQ2qtzNjeb4Kt4hGF8D7hwsHx7L9wkHRmhTbDBwUbFKWCXNvgGifk3O-A31Afq1_G9aA6vvFeN-sEDSWI08BnCBFL4-xDkjNXgOaLP_20qOwmoCh0q1MpwrD6UX9eMFAvqlQ-7_Sc4ATg4MNcV4oP1yKe8H2KT4tA7VrpBWwAaUwyd6w-syAtFm-vEwl7zpxiMnYUR21VAHUpkTil7gyiQC-Sv6y5AQjUFmFDLXDPud0H5FH7AwuiIUrEP9gNCJQxb2cSe5_y-e7i-bmT28DPCcMwK0OxhY9eqp2wZfR4MolV-7vbvuMKKbriiQ',
    p: 'zOGBF36YsTGTmHR5WHKdyOxJO6iubWmzSCOMy93Rb9NywIjE2whTHVBOygscJ7pkup5af2A4YhgXy_CZhTQ1Y-6r5Sg9MrmsGd0MNdzkfBOsJ_zKWEWnXER3Lgk2feebJomgPLLcmklCWChC_fKiLuTRGDPKBje7DAhdh08gGtM',
    q: 'uCT7piC2LZiB2KR4REuleoD0-QlT-z-_L8Cd6XmPITFh5-e67VFfUFyHcfeHsOrffdfbB0LCuTncEW1z7lkCdi96qvI6QZyYqW1wNajZqLyY0tk1EWKkgz66LTJKRPgEPLjo1cjp74yGNXLHgLu4SZCMeCJdl3YFebmoUwbqwRU',
    dp: 'rfqAiNb0CuQyla-yq60I1-nudj7TgA3WNFgb47LFetRwCZcas3TqP2ZGwcOVcRcTGnYGG0w2FPaonoH9m-OtwuKWDc6RyVVqE7xl9gdR7xs1ge9kVHkxmWR6YBlqsJfQZHVSILkyI8I6GGp4GPXFS1T7SjYQRB9nMtyXr6M9fAk',
    dq: 'Hz9fWJx6bZhQiGO4aNZxWS1i5JOZpav2lHLaGRFgoWBQ3dpr1POW-fsJnORFKVdh32fuqffBNU9FMcvh_VMrYMTDyxhZnGKnYTDJ9sEVVlXSlQz4vV-AzSiqzRqYkcWIaolyMTzrvZOZ_p3gjs7MAee-fnBOc3I6kaJYluY4ldU',
    qi: 'ddH_HVua_ED7zJgCwqz7-7Nkd4QppnbVU_vFTjWl_7bkkwBWsr5zm_fvqBCdvGaADmDnmhfz3yzPW3ndqUGFeH50KxPf_7GuaonpSqMMVe6chJLQmPQXUdU3-ksvNolZj7DK8OjkS8T7epnS8Bbm4ZtY2Luz3VzAND3zTM3m-yY',
  },
  PS256: {
    kid: 'fixture-ps256',
    alg: 'PS256',
    use: 'sig',
    kty: 'RSA',
    n: '2D4kaMw0D0IvLt3FayL2rOqoMQICdsNO2mgarWgppzzTXvGOLxJ-Zy0_AFr4gyS0uP2xGWU-i037alAh8bcLM8XnLfAbxlBzDuJ4mw7GrA0jFhHqgkAZRpig2oM-2CXp3f8F3FHa6PkRMus6Mub982SIkZT5aVrrRdgg3NssDLF5N3s-Hl_JGj8PwKLx0nxpwaNHbgwupmpRpKgHTCMASajamAONNGxwWRXhHKUpWQiZ2u5Q25TS9UI6bMoZtzdy53W3zxMay2TFCRtZ5rBgOo_xpAZedroXNx_A0D1pnBHMkBKtfI-TIpcX3WEs0xsfpEiZPHPOm6V4ui-3oAExlQ',
    e: 'AQAB',
    d: 'A7q_cWh2mP347VoZOEAdBZ3YcvWINr8m--ch8Q3j8tGLcOhB0QSeVhSc_dpHASmfzYItAA8G29IA_SdO2cN6UUhfZ9a4mLXoSua6BZNk9soVNrshX2GDbhXEzgmUcTFNZ5N16OpafnxWARnqFSWpvJbMlvvJ32v-tP1fKuzDkjmkCdRrsJpjpsDRAAdPGssYbQfJlHaUCyb3qvg-ImE6B8FVsI0fW-3kAuaDPOTwv92amYIKaWII0NBxB6OP6yzIXEwaU-vHhLiAFr3UsEYbk6RBT7GgT6KqpYEYJRktGLF6n7S69uEm-ffupqRBlkB530Wxvs7QGc-CCbZdyqzCIQ',
    p: '9cDarCx4YfW1Qd0PPRn8lDfrqRmkpPNoVOIZ0z0PZ05DSOjwy81dyL8sfBDJl6LVNqojavMXCiJgSYuWCA5UcC3bwsk1d0IjgT0kAM1e8IGvjip1Q-HiDxzdGLiWWTQ45YaxNvwor6ttf3cCFSXmapAHSGeoFzG6dz7-OSq8PLE',
    q: '4UJLhOqdn40pIHqqWObWwY5KEEmK3lqPvfJAZ1SvcStf_L-JRktYr0Iv7-1x-GZ29PS3-1nt1CMdUPXoAEeWRK7Z-tDMQhnLsUWWCrAAdI7PdThxXyXv_4xD9YfOEQv3aBfdHBXKPIQdnBMuO4FX674Vdq1OPWYoAsSBtx2-LCU',
    dp: '4GulReW2aX7Ab803xUyd45zNkDbiq9-8PwfbHZR9JJHL0CEpBHQeWNx7-zA5aEhC_RCSF3C2cYLC-2aFNAYiBe9a6J5mPOohEjyLTFA_itJjRyhuvfbhQXvSTGkEo6GU88X0v4m2ffXGoMhFFprtuBKfE_fVAJlg9tSHxBzKmYE',
    dq: 'ON0jc0pGwCBCYZCVsBuV2wawa6wlAjyaTLj6yRr3rvnkIUm4vaYHnTZ4I3ktbCdxoCSmzSzGfObgX6-0AV4Q8QWywT40UftxEC8g0VHcy4_BjzXQaNSK4VfnT_QYcPU0X3KmvpBBnUU8tEmjQiJEr54sjOjy90zyjMBOfotjloE',
    qi: 'oz2ulWs_A_3vPzCHsO1XuZCBFTp1wPdog-Y9EO7N5w1ZIvAxnksxww27yZ6md-QLI_OeVNC2X2_ZNbn87PUJkYs1TnUCjl4b_LE0V76xmBLzZ690XFPBtwWAzrblwYka-KJabz8BWkz6J7fRyzw6Sw7a6QrhI7VNcfML1t_CVCI',
  },
}

/** Keys of the same kinds that no issuer published: for tokens that must be refused. */
export const attackerKeys: Readonly<Record<SignatureAlgorithm, PrivateJwk>> = {
  ES256: {
    kid: 'attacker-es256',
    alg: 'ES256',
    use: 'sig',
    kty: 'EC',
    x: '5PswbOm4JAigspmBspd27YPz_DRsP6Zxu5rM6W8KC5A',
    y: 'iMFDORFsJ8xA0lcMcnSdqLGqQBBAwPo9Qh88O-pPELc',
    crv: 'P-256',
    d: 'tyjpR7y_lNtj3esbkSTKLI5x4ez_S8k8m4hZ1bgAM4s',
  },
  EdDSA: {
    kid: 'attacker-eddsa',
    alg: 'EdDSA',
    use: 'sig',
    crv: 'Ed25519',
    d: 'IWWRticWUtIQW14u9GPirmjFofUmxzYUMt5FS9c2vXA',
    x: 'GolgVl0inor4MNeB23YJMWU5JUDidd-TbcosrGYrnYE',
    kty: 'OKP',
  },
  RS256: {
    kid: 'attacker-rs256',
    alg: 'RS256',
    use: 'sig',
    kty: 'RSA',
    n: 's2U4AtaGCc7ldFxrjNoh5U5G5ldWfVY3kTR9zp93S0XXeFSWDasj4boB1MNb4mePqWAqaG1ZPDrM1ym0TJAKUcSund5nknYQOnpfcLAvRbFVZ1OW2fP8YX_9fnVZDxmrgSnRPiCjrRX-og7H9p7LLdkkMb2x2tknzDA-Fr0qTWchMOPcvyF1FEPX0r9pFZ0Wu7NZQnBPKaFLYRSjSXSNcOJpoOthOA_0-ZIOKiO0TAejJm3imXw3183WJdmz1I_xi6WPi24lBNv6QYEjd9jcylfUIh7stEJv8wZwA0j-Gj7NpeMnwBshMHZn_1Fw3rfq111yQauK5-AsXyTiWZ1bkQ',
    e: 'AQAB',
    d: 'diG7Nn2QEbMvEJGFMhDCqr1XBukX-Z5HsuDHdRQA5lG6nmvnzUWXdueF48AM2EPNXfp1eiGCqSlGfi0Y5UfguvejvrDlnDnDV-HtOHxJ8BW67cCinS7d4nmkqK4MEvwYLZkdKSkO23C2-SifetjzM-r-JE-qhgur4JAqXLXVGOD98BH72Xh79OoX2M_8OA6Yec1QMUHOdGtsjDGbQcjm8nB2Kg_EKIx5Eg-Gt21PsDye0RnitgCQNDfmISc1P8UW-xqJxmS-uZe3FdG7u1M9fb0kGq4caGu6-5pSHWhRDYZ5S3h_LRchyfH5cfOv6nAo4HdDQMTcIbdIu-8IlAb5',
    p: '6qlnETbAZ24SjXR4KgY8sL1ukrANJwodJtkOv2VsVqQmUg7cwCwcONz_LmT944_fbkh8PR8Y2nB4agfRsBD6domr_SGXYxvVauhV9cU41bwT-r-U0E_R8jxyyWVSKgTByr7tjKdYDdd35yqzl8Vy04D3mh26DcyldF7m5vHaugU',
    q: 'w7VK-spIhGrS9WRzikGtvZMRALQIIgZejklFCNuuZ-u0VxbiBpdvs6NKEs1kbAztF_KKSLLCzDM29Dd4ZfNCXfPZo01Xt5duu7KbwSz9kS7fNrA-a7son_fQ_XiL2472OBo2woF4qKKHMVD0U0rV4ciIUlJgLHWxbg2q-RgqdR0',
    dp: 'HbgOoZN5kp_SIbAad9gKX6feFR3OzJ7vSjg7Meo6ak6nu8S-GGh9uoXim5GWxfc2qNTtRyBlGWUdGvCakd3Umqac7ZYPgjHIOZ3rJRExPYBwV1VkF23EfRVCxFbcrQ2lLXQ4yZN4B2i-erxhulr7S-YNdatGIPFGExLh02XV-bE',
    dq: 'eAgCE6zrKyPlfRH99ybvK10-yWKhtlSXu8bea19pKV2b_uoO-KH6pX-Z18xXMhn_dHeSLqJM7TbgForK8iRvaPY9XnX6PaTICqCx_JnebyQDTSRtNF_Wu74fVMaRaLjW9HPHcCY-XZdJOYsAPvGgGlmGmo7hY4NPrkL9wMb8i1U',
    qi: '3H7Bt2Wz_f9dlzwPmwhYoa_moYX4-EDVsAfOSHaxDaJpPy6wOithB5ATfePttljxFzMopXnNdlIFn1KagpfjROCskMfnYySw5jJhzBIcdYsjDsgiQBdIpFE-Ig75HOTkRgLOR-rMzvBCP4vEQ2PnNmp_qT8Ro-CzyyLrrsfwscA',
  },
  PS256: {
    kid: 'attacker-ps256',
    alg: 'PS256',
    use: 'sig',
    kty: 'RSA',
    n: 'orW_ZCoHaoeqqbOq3PUJtymzztjkLbQ8xnbRjRiS9l1LdM3Oes7-rWw7sB6xOGZ-ZE47lgGfDJIqZW4UJLlRjPq0-62mr1Re0OJxSrBtClmWfKKN06RbBI8_HwH_Xe8bR0WFxo5BkXre_HbVTT4uu6Di6VCiFYEhxi_XZ8bow3RI_D-c_N1A-rbg1BFb_cYo1KyH5ogfPTKd_dRTMqFbyjX2JmY78NWU5mhh14F30XwCLVf5bm6JoBBsjZps18N89QgVTlxWvEVpdSzGlttnlmgW_XNJAcDN5jK02w_H1f_NfyjB9RO1XOE3FURH7ok__O17FfvRY3y49udx0-x-6w',
    e: 'AQAB',
    d: 'C84qA8d04ErVnBh4Fi4FNW_mJuTfsV05Z6DpVVZqG0vrlJ72Ezz_h2-p6P5hF1mAZCC0_A5EDvJv9woEliGIBDWQeg5AYMo7UuaLF8MzNiQH4iUdKzTqkasfBk3rzFHz5bjqmtxpb3e9xA2PLlqLo3tp20nJaMwEuk9wToxFCSFCIYCln8bqXqyRh3C2HVG_nrZQUvb2zVlSbmk-B2ofYb9J7DtxodsfZjUuNuWnsBxjVHNSEXgZZsUPGgqWGGIB3UZIOG2aZrx-_GMLS4fMH6FLXTRtk6yGnXKS8_ioLSJqtMTBYJ2oNwv2TTf0Ep4iOKOrhdc06nGiYpA98vkcgQ',
    p: '1Sl6GJDcK-EYUphAsz3odLmdlpwBHDA-xo8mBvdZGK9qiq-7ZXoB8ViF1ieP-gXAF_O9fmC7_2-gI1OlLlICs7z_jWJ735x-oX2vi7DsrpRL5wsz_VLjcoJ3Ku3oOPZfeW_MqTqtT7mkxk7w4N4Pnu-iz6O_hzNT2lM14gz7v6s',
    q: 'w2irLwMLdxuBy44DSno0-nJ-tVq3lh6NBc0hYT80TJZRHhH4bPqweAkJBGNWurMEriaCfqwGshccJOFbebEx4vA0mQDv30hSc7drlpt4MJ0Ily5Jsrk_-Qdj3mw7vUsOHN2yOsmiYbkxRvyUsUa7luOE6ey7TpFckD2VNxgf_cE',
    dp: 'YmSJ2ksLhimZ244x10rNQQvoxPtvu749S9QJvo9wDefyqt-hBZ9CxE-TP531ZHhBCg1VO7-VJ7wz0_qpNW9fle24nF-IRFhtT0e_vyBEr_T98EEIl3cqS9ITBbrZRWnb-ibz9m2CUFmlyG_p2jJGTZvZsDSqlNLJcu6T4asSjY8',
    dq: 'pxVHUeJTmltdxxQ9wh_uTrs5lo3j7itfP7efNAycBmR9Ja4N8fkEjQ6EtEjQbsEFXnc1G2SyMPLLsMk0s0AMvNPQ1YbUk-G-Bo2uI8_5m--Z2dLNV1FI3wEvpo57IiccARia_eNMwixccysjZNVrLuCJ1I8DtXFbaUYO4VXyfME',
    qi: 'kMJMniDcyJUmKGPcGKca9jEqJQhF3PCqJjekv2e98xEEJ5dh4PN8y9WCi0YF9y14HTPhKUkuitC2uZyEE8K15KVfg2-SqMCV6NVRkqBfu_7Cut_EcdylE2nQ2I_soVNBlfpnPKAUwKIOf3EqRsXdJ0z3r6rLSnh89BiU8OVGvRw',
  },
}
