/// Private keys made for these tests with `openssl` and used for nothing else: they protect nothing.
package enum TestKey {
    /// An RSA key of 2048 bits in PKCS#8.
    package static let rsa = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCfTWc25KJb8mDm
        rj+A2bf0YAaj2tExZ7odtB1+CDpg8baUZ2AfbVbhxpTjGxkOce45XQe+4cICcEnn
        ud+yAf2Zjr5JpxR5Db6yVXeIY6YIIxF1+92XuaFqd5OuivkBHAxaX/S4bJSBAzbN
        psoA69GVGSFabxFQgfKh0ZfU25Ng+OEB5PjZiXNKZ69cmOmFfYfXMyxz+gat09gJ
        TPHoCdZG1RZOupr4rXjnTWT59ae2SlFGEooPc8Cr3xEaHAiJO+PlgV+pcYUd76J6
        WVo2L3UO5QX8QRD6roJ21wwCb5pHB4J3shVYrQJIaLp6kOwjZhSozYt8TkJgGt8J
        ZBOjXjcnAgMBAAECggEALi3L+9evUSQj/vsIIZv7fXXQtvMZrU66Xx31ZrGP6sZm
        /QIylSmnA/AC/Qq/6rYQLsTPGABtszNF2UzCkeGN2FPOyZ8LikP3wc6QxhLM8JLp
        3t/STsdbCXf8cZ6LrEyrMA+c61Fegz+hRWBSMo4pxSTxzDtiM4pYAZy2fNfiEzvc
        09YtUYtGgqcNf/AieE51DOn1HYK5oENU6wzJrjcqG1el1CvbJgRQOHgbbVBW2Nup
        FLHkwGppaEeuWg0adw/3jxb6tuhF2NoCnD34ZHiUJguDGB52VRWRNWVjQku9HITL
        L/XkUgVMsi6hRV4IJkFrVGQo7bYnNkRtNOZ3oIbOUQKBgQDbQIRvWOKBphcybH3i
        hodcfexJJTLgbSrIMqNhaV62scx0ALBECNvr/5h1u3jeIiOKfzHmpLJsC3ssFszq
        l9MYCHIPFriMlHd3aHdj+GIb4DIr8MYGXlJzgVcdKDCmXivuL1xFBNEvGPC+veb8
        E5g9uEO4q7TwhxRmzoDgXYH4EwKBgQC6AJ2eH4rjVQ9LHt593gr7ykP6FnspVqpy
        hmiaxrjPSmlzR3gCV4DU0xzGbB4HQGkMP+y4MQMeUAKRofH/PpbD2FYWr4Tdre9Z
        a7oRKKIVvp4H5GHBjgzm2BbKm9e90St2rlqpOVhFdhZZoatKsP/ByUdfmrzhrOK9
        osjxlPQPHQKBgQCxTniLL19lp3Kk9XXMJiz7UF4wPOPq+H2bjs/va+4LYrfLq+7f
        5iYrsPSTaTtysDr7uqcZNWGQ3KwMWJf4szUj/1h1+VLfZQVDzHiYoPp+Po10WW9b
        IRYekJ9pVeIZ+JggM66zphSguNOf/ST5/8KjTwt9IWbfCO4nwaIZT6VWfwKBgQCd
        OgQCM5uNistArrlYICecq19GuVYmnXG7GU629qAl6Tq2DYWuRRVL0aCTQbUoYBPs
        HOUW1adTKkLho8kR/3Al4Gr1Bi0DzhFyvxMrifNo+hZPiYfwuwjA4Yxye8WkWHmq
        +rr8LNMm9Cj0XyqSGog24NOKRxy+jwujTUUaoNSlKQKBgCPOpNsVL6IpcC34GlNA
        wp9hYg4bAfQVSkgqfbm47PI2tRmiTHzZlu7DvFNWBYGf7P15sLCN9E9bOwU/VN71
        BWg6bve+PSeAKgWAo1qdYZhF7+5onLMze3dwcnDRx59JJwEvgBpRJy6xuMKk4cNj
        lR1HOEPmDK6uumeW9C4ZuXw1
        -----END PRIVATE KEY-----
        """

    /// ``rsa`` in PKCS#1.
    package static let rsaPKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEpAIBAAKCAQEAn01nNuSiW/Jg5q4/gNm39GAGo9rRMWe6HbQdfgg6YPG2lGdg
        H21W4caU4xsZDnHuOV0HvuHCAnBJ57nfsgH9mY6+SacUeQ2+slV3iGOmCCMRdfvd
        l7mhaneTror5ARwMWl/0uGyUgQM2zabKAOvRlRkhWm8RUIHyodGX1NuTYPjhAeT4
        2YlzSmevXJjphX2H1zMsc/oGrdPYCUzx6AnWRtUWTrqa+K14501k+fWntkpRRhKK
        D3PAq98RGhwIiTvj5YFfqXGFHe+iellaNi91DuUF/EEQ+q6CdtcMAm+aRweCd7IV
        WK0CSGi6epDsI2YUqM2LfE5CYBrfCWQTo143JwIDAQABAoIBAC4ty/vXr1EkI/77
        CCGb+3110LbzGa1Oul8d9Waxj+rGZv0CMpUppwPwAv0Kv+q2EC7EzxgAbbMzRdlM
        wpHhjdhTzsmfC4pD98HOkMYSzPCS6d7f0k7HWwl3/HGei6xMqzAPnOtRXoM/oUVg
        UjKOKcUk8cw7YjOKWAGctnzX4hM73NPWLVGLRoKnDX/wInhOdQzp9R2CuaBDVOsM
        ya43KhtXpdQr2yYEUDh4G21QVtjbqRSx5MBqaWhHrloNGncP948W+rboRdjaApw9
        +GR4lCYLgxgedlUVkTVlY0JLvRyEyy/15FIFTLIuoUVeCCZBa1RkKO22JzZEbTTm
        d6CGzlECgYEA20CEb1jigaYXMmx94oaHXH3sSSUy4G0qyDKjYWletrHMdACwRAjb
        6/+Ydbt43iIjin8x5qSybAt7LBbM6pfTGAhyDxa4jJR3d2h3Y/hiG+AyK/DGBl5S
        c4FXHSgwpl4r7i9cRQTRLxjwvr3m/BOYPbhDuKu08IcUZs6A4F2B+BMCgYEAugCd
        nh+K41UPSx7efd4K+8pD+hZ7KVaqcoZomsa4z0ppc0d4AleA1NMcxmweB0BpDD/s
        uDEDHlACkaHx/z6Ww9hWFq+E3a3vWWu6ESiiFb6eB+RhwY4M5tgWypvXvdErdq5a
        qTlYRXYWWaGrSrD/wclHX5q84azivaLI8ZT0Dx0CgYEAsU54iy9fZadypPV1zCYs
        +1BeMDzj6vh9m47P72vuC2K3y6vu3+YmK7D0k2k7crA6+7qnGTVhkNysDFiX+LM1
        I/9YdflS32UFQ8x4mKD6fj6NdFlvWyEWHpCfaVXiGfiYIDOus6YUoLjTn/0k+f/C
        o08LfSFm3wjuJ8GiGU+lVn8CgYEAnToEAjObjYrLQK65WCAnnKtfRrlWJp1xuxlO
        tvagJek6tg2FrkUVS9Ggk0G1KGAT7BzlFtWnUypC4aPJEf9wJeBq9QYtA84Rcr8T
        K4nzaPoWT4mH8LsIwOGMcnvFpFh5qvq6/CzTJvQo9F8qkhqINuDTikccvo8Lo01F
        GqDUpSkCgYAjzqTbFS+iKXAt+BpTQMKfYWIOGwH0FUpIKn25uOzyNrUZokx82Zbu
        w7xTVgWBn+z9ebCwjfRPWzsFP1Te9QVoOm73vj0ngCoFgKNanWGYRe/uaJyzM3t3
        cHJw0cefSScBL4AaUScusbjCpOHDY5UdRzhD5gyurrpnlvQuGbl8NQ==
        -----END RSA PRIVATE KEY-----
        """

    /// ``rsa`` under the passphrase `test`.
    package static let encrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIPNaVOC3aWLUCAggA
        MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBBwGUzaeI/tT2emb9NS/Ls/BIIE
        0O41E2DDqRKv03j4LH3TERHZ+dzkXbgsxv7p3vNG3vEEwTUbVGklwEpuc0Kek+GU
        MoOkK61h1YRVsLFNNd2ioy3cmuiP7Ah1oJHgeZErpCMSrEq+ZqqVRnc4z9hcjoLY
        lTbe9toD7LYngCYoFlfCVMsfaR0/YVd1Wx8S9zhF7bgw2qZuA6rc6ry/MNYevgfk
        53bjmg8wn1/HRegNyzLYlnj3RleNGB2YwhqVSjZQ+xYC2Dtn2NnyVjc2eTB/s9Oj
        hoRGrGKqJHVrQimtdA3praQkZKFnuPlm45rm88vNJ3F3BvEG9anJovdaTg8zhsem
        AO/rpBhU4XgmIzK0vokSEW1PMg7Z9YGjfqdvVgKfVCr4Xto8s4CC8iMUNA5b3tHD
        dGyc21nbfnAAe48i3R3FMkq4Bm+ZMx4AZiebjUc2Jvhl5G6WFnf0ZVVSCAV/O4OA
        D8ItWNxaMoIZYroEhjkktuxDVyhin4zJWyg7cjrn7ibTu0xv4EkefqWBn5RdQEAD
        RL4YYT7zGY1WgLrFllZ7quFTs9nGIz77CVN+uSXj3olx7flsBLyq//bpF+6MnuYt
        cYmszHJNIso7iTzAHQz7S+IpucUTv6y8J3OlmBr+NkO0JCdder9+bte5vvlP6qYL
        NlrErizd3FTPbncHi5h2mP32lb3khAsEqSijCKupaS6NhLGPRrmYiJNaX3PWGBeO
        l23LCrCMlkpbAqjLVnaj7kVrFSBSFI4Xw3fHt5EFxg40qRQ8kGZG5ao8SJ72oKk8
        7+V1dv03hCcOQF/hHL76npzZ2z67ybQ+hwZ2n+pSdpffDid+jyegmyhxkYT0iHmT
        cXladthV1kf2zzTG2N+na8ENzAirJt2XHftiTWiS2y5Vy/VfSA+OHx021wWpywW6
        ouflb87cWQxeKm1ym0ucejVOVRn3vSyjRkvtG91Al2fd56ylvPQmwjif+tkSJJZ8
        Rw5ixYsg4sGgSego98SLpy2JfUMIjlQK+Nor8dp13NDajgxwvWeCqD4uXIDzNLRK
        qRQI7i+EjOC9rxRmj1+F1dGMO7qzdToqyQ9EFAdoL1rc6Ztfm6YLP9stFzVnQ3QJ
        uv/M34hdF+p6B+6Fgf0sW+pPqbYke0zTWaQAXfhqhGGNOZI0q+FkZp25V9nrWRYf
        Wu16cWcVjCYoF89LLRM99T33f/08tVhEUGJ1ntO3b8QdogCaayBgZGKnNBW02BRQ
        lkubq1sTuDpO1iltyAhlLhAaHzkd22v0aZOFg31TcElvvK6+63MC+Ywp/a7daS3Q
        J9/f+FsiJUslx+NdB0DJTMlVQV3CX7LgZe8VqA6OxjzGex0tVpRXskOXWkOxhaXf
        SfONuhPCvnUEOeDPejk3f6z5NLvEz17EwV2hXstIykd/hWLTn+oR+A69tFanvXj1
        l6MPRVihXRYEC14ZH/36IROS2dKo8P9G+kok4pC4BZxQcrVmF0iH/2ZCMS43hIpm
        X+VclVabM4A4+PmaWJ0pS8jVO17ebOW3B4q2YEMUjQH6UfeqEwZ33jYXFno2F+94
        KCWJFWSXNCWKlgv3pkyn+6NABxYKjDPdSaa6oO5ZhwzJGAlOdEIZsuKy8RY0+pLs
        9AHMf/eXPjTdijxNxu0PoxVNfeZ7N6J20urPYifZxH0r
        -----END ENCRYPTED PRIVATE KEY-----
        """

    /// The public half of ``rsa``.
    package static let publicHalf = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAn01nNuSiW/Jg5q4/gNm3
        9GAGo9rRMWe6HbQdfgg6YPG2lGdgH21W4caU4xsZDnHuOV0HvuHCAnBJ57nfsgH9
        mY6+SacUeQ2+slV3iGOmCCMRdfvdl7mhaneTror5ARwMWl/0uGyUgQM2zabKAOvR
        lRkhWm8RUIHyodGX1NuTYPjhAeT42YlzSmevXJjphX2H1zMsc/oGrdPYCUzx6AnW
        RtUWTrqa+K14501k+fWntkpRRhKKD3PAq98RGhwIiTvj5YFfqXGFHe+iellaNi91
        DuUF/EEQ+q6CdtcMAm+aRweCd7IVWK0CSGi6epDsI2YUqM2LfE5CYBrfCWQTo143
        JwIDAQAB
        -----END PUBLIC KEY-----
        """

    package static let short = """
        -----BEGIN PRIVATE KEY-----
        MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBAJJ7EdG8NcwOnt0z
        7rZcOiscDn1a4x0pk0D85TMKYpJlLtXqfVwZ5+1mkoV/CFhHIKOXmlCcp0yCNmDE
        bzamJ35ew9TvkjWLVyuVMnMIM4yw549Brevzm+8tKx6UiMkPRQkAuzrb6TSPHaMH
        qc8o+3LHEQURPS9jQc1uI1tPDbX7AgMBAAECgYBJhepwyrZ6ARCuWQXFlM9BmiiP
        tRHwLlESOp3Um67UamMyzis0EnC+UVDUHuoSXUk9s7eqJKc4mNcwhQiJdqa1Xfav
        POO27RhnThbrjHAi4lRaTFuEFH4/p+kKvthJrAr642MryYoNQr7M6MdN8sbZPmWB
        5oOipLhZkeuFGncgmQJBAML6zR7drOLnDTCj0OZ6P3LDwbbuMbp2TixBwSCcT8n/
        4hx5FruuWeVDQKzrZtqW4f/CHdRPdQL24HhaORlFbjcCQQDAUqzX0ZI3Va3TQliM
        BHgExEEWr0GwuFUl21AVai2DxdVabMd4vVuUWZjTiiC5QPIURwhz7hW09u24fcTw
        WrRdAkB1ZE9PgCPxUS9N07OYsI226Umee/cQzt3uI4DFw5b+hcN7ZSRcx3J0aHNu
        KST6AtH7DMKs61IGAOHRVHEAWB8tAkB0jWYMQQiQmk8Gua155XdqxBkCC2IPHBcW
        IywMXlWJB0q+SzAzvuYSKJ5SjOI6At7yZP39a+shyYfVh/rjAsVNAkBJnM7BFhmH
        5T+aio9M5lBwR4wZCq1D8xAgmklk4AXREXPeLa9wIvOqL+dsBlxAReJMvcrG54ph
        m6G6UEmZGLL6
        -----END PRIVATE KEY-----
        """

    package static let ellipticCurve = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXYPt/BuK8TRes8SC
        3GSHdlgIt6UeOzEPNApwUjaTnjChRANCAASCz0+PVX0g9zUHqB3yVhABx8/Puwkw
        BNFJby1P32DHfAqgVeLwhXxvTaAoQAzN2oAy8RHySJUYuOZfVlinHxzF
        -----END PRIVATE KEY-----
        """
}
