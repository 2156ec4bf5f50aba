"""Rich text is judged by what a parser reads in the output, never by looking for substrings."""

import re
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError

from ecms.html import ATTRIBUTES, MARKUP_AT_MOST, TAGS, plain_text, sanitise

PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>script>alert(1)<</script>/script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://x.cm/a.png' onerror='alert(1)'>",
    "<img/src='x'/onerror=alert(1)//",
    '<img src="x` `<script>alert(1)</script>"` `>',
    '<img """><script>alert(1)</script>">',
    "<img srcset='https://evil.example/a.png 2x' src=/media/a.webp>",
    "<img src='data:image/svg+xml;base64,PHN2Zy8+'>",
    "<img src=//evil.example/a.png>",
    "<img src='/media/../admin/logout'>",
    "<img src='/admin/logout'>",
    "<img dynsrc=javascript:alert(1) lowsrc=javascript:alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'></use></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
    "onerror=alert(1)&gt;'>",
    "<math><mi//xlink:href='javascript:alert(1)'>x</math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<style><img src='</style><img src=x onerror=alert(1)>'>",
    "<style>@import'https://evil.example/x.css';</style>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<textarea><p title='</textarea><img src=x onerror=alert(1)>'>",
    "<noembed><p title='</noembed><img src=x onerror=alert(1)>'>",
    "<title><p title='</title><img src=x onerror=alert(1)>'>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='java&#x0A;script&colon;alert(1)'>x</a>",
    "<a href='&#106;&#97;vascript&#0000058alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='java\x00script:alert(1)'>x</a>",
    "<a href='\u2028javascript:alert(1)'>x</a>",
    "<a href='ｊavascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='blob:https://x.cm/1'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='\\\\evil.example'>x</a>",
    "<a href='https://mairie.cm@evil.example/'>x</a>",
    "<a href='https:javascript:alert(1)'>x</a>",
    "<a href='https://x.cm' onclick=alert(1) target=_blank ping=//evil.example>x</a>",
    "<a href='https://x.cm' rel=opener>x</a>",
    "<a href='https://x.cm/&quot;onmouseover=&quot;alert(1)'>x</a>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='javascript:alert(1)'>",
    "<applet code=x></applet>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='javascript:/a/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>x</button></form>",
    "<input type=image src=x onerror=alert(1) autofocus onfocus=alert(1)>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1)>x</body>",
    "<table background='javascript:alert(1)'><tr><td background=javascript:alert(1)>x",
    "<p style='width:expression(alert(1))'>x</p>",
    "<p style='background:url(javascript:alert(1))' class=admin id=content>x</p>",
    "<p STYLE='behavior:url(x.htc)' onmouseover = 'alert(1)'>x</p>",
    "<p/onclick=alert(1)>x</p>",
    "<p data-x='1' is='evil-element' slot=x contenteditable autofocus tabindex=1>x</p>",
    "<b/onmouseover=alert(1)>x</b>",
    "<b title='a>b' onmouseover='alert(1)'>x</b>",
    "<img alt='<b x>' title='<i y=\"' src=/media/a.webp onerror=alert(1)>",
    "<div><p><button><p><table><a href=javascript:alert(1)><b>x",
    "<ımg src=x onerror=alert(1)>",
    "<İframe src=javascript:alert(1)>",
    "＜script＞alert(1)＜/script＞",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\ud800<script>\udfffalert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<td colspan='99999999'>x</td><ol start='-1e9'><li>x</ol>",
]

REL = ("rel", "noopener noreferrer nofollow")
SAFE_ADDRESS = re.compile(r"https?://[^@/]+(/|$)|mailto:|tel:|/media/", re.IGNORECASE)


class Reader(HTMLParser):
    """Collects what the sanitiser should have removed."""

    def __init__(self):
        super().__init__()
        self.forbidden = []

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.forbidden.append(tag)
        for name, value in attrs:
            if (tag, (name, value)) == ("a", REL):
                continue
            if name not in ATTRIBUTES.get(tag, ()):
                self.forbidden.append((tag, name, value))
            if name in {"href", "src"} and not SAFE_ADDRESS.match(value or ""):
                self.forbidden.append((tag, name, value))

    def handle_comment(self, data):
        self.forbidden.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def forbidden_in(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.forbidden


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_nothing_active_comes_out(payload):
    assert forbidden_in(sanitise(payload)) == []


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_sanitising_twice_changes_nothing(payload):
    once = sanitise(payload)
    assert sanitise(once) == once


def test_the_reader_of_these_tests_sees_what_is_forbidden():
    for html in ("<script>", "<p class=x>", "<a href='javascript:x'>", "<!--x-->", "<img src=x>"):
        assert forbidden_in(html)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "Avis à la population",
        "<p>Œuvre, Noël, naïf, ça, où, « guillemets », l’été — 200&nbsp;XAF &amp; plus…</p>",
        "<h2>Vaccination</h2><h3>Où&nbsp;?</h3><h4>Quand&nbsp;?</h4>",
        "<p><strong>Important</strong>, <em>très</em>, <u>vraiment</u>, <s>non</s></p>",
        "<p>H<sub>2</sub>O, 1<sup>er</sup> janvier<br>suite</p><hr>",
        '<ul><li>Un<ul><li>Deux</li></ul></li></ul><ol start="3"><li>Trois</li></ol>',
        "<dl><dt>Coût</dt><dd>Gratuit</dd></dl>",
        "<blockquote><p>Paix, travail, patrie</p></blockquote><pre><code>a &lt; b</code></pre>",
        '<figure><img src="/media/a1b2.webp" alt="La place" width="480" height="320">'
        "<figcaption>La place de l'Indépendance</figcaption></figure>",
        '<img src="https://exemple.cm/photo.jpg" alt="Photo">',
        '<table><caption>Tarifs</caption><thead><tr><th scope="col">Acte</th><th>Prix</th></tr>'
        '</thead><tbody><tr><td colspan="2">Naissance</td></tr></tbody></table>',
        "<div>Premier</div><div>Second</div>",
        "<p>Ngoa-Ekellé ŋ ɓ ɗ ə 你好 العربية 😀</p>",
    ],
)
def test_the_text_of_a_mairie_is_left_as_it_is(html):
    assert sanitise(html) == html


@pytest.mark.parametrize(
    "address",
    [
        "https://www.minsante.cm/avis?id=3&amp;lang=fr#haut",
        "http://exemple.cm",
        "HTTPS://EXEMPLE.CM/É",
        "https://exemple.cm:8443/~mairie/@nous",
        "mailto:mairie@yaounde1.cm?subject=Acte",
        "tel:+237 222 22 22 22",
    ],
)
def test_links_are_kept_and_marked(address):
    link = f'<a href="{address}" rel="noopener noreferrer nofollow">ici</a>'
    assert sanitise(f'<a href="{address}">ici</a>') == link
    assert sanitise(link) == link


def test_a_forbidden_tag_leaves_its_text_and_a_script_does_not():
    html = "<section><font size=7>Avis</font></section><script>x</script><style>y</style>"
    assert sanitise(html) == "Avis"


def test_what_postgresql_cannot_store_is_removed():
    assert sanitise("a\x00b\ud800c") == "abc"


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "".join(f"<b a={i}>" for i in range(5000)) + "</p>" + "<p>x</p>" * 5000,
        "<b " * 10_000 + "x" * 1_000_000,
    ],
    ids=["reopened formatting", "unfinished tags"],
)
def test_small_markup_does_not_become_large(html):
    assert len(sanitise(html)) < 3 * len(html)


def test_more_markup_than_any_article_needs_is_refused():
    with pytest.raises(ValidationError) as caught:
        sanitise("<p>" * (MARKUP_AT_MOST + 1))
    assert caught.value.code == "html_trop_complexe"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>Un</p><p>deux</p>", "Un deux"),
        ("<p>Un<br>deux</p>\n\n<ul><li>trois</li><li>quatre</li></ul>", "Un deux trois quatre"),
        ("<p>1<sup>er</sup> <strong>jan</strong>vier</p>", "1er janvier"),
        ("<p>200&nbsp;XAF &amp; l&#39;été &eacute;</p>", "200 XAF & l'été é"),
        ("<p>a &lt;script&gt; b</p>", "a <script> b"),
        ("Avis<script>alert(1)</script><style>p{}</style>", "Avis"),
        ("<table><tr><td>A</td><td>B</td></tr></table>", "A B"),
    ],
)
def test_plain_text_is_one_readable_line(html, text):
    assert plain_text(html) == text
