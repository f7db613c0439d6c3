"""The pages that staff edit get their first words. Pages that exist are left as they are."""

from email.utils import parseaddr

from django.conf import settings
from django.db import migrations

ABOUT = """
<p>A million individuals and a coalition of organisations with one message: good work can bend.</p>
<h2>Why a million</h2>
<p>Millions of people already work flexibly, quietly, as if it were a favour. We think it should be ordinary. A crowd that says so with its own names is hard to wave away, so we are gathering one, and we publish the count every step of the way.</p>
<p>Flexible means different things to different people, and we count them all: remote work, a schedule that bends, part-time work, and freelance or contract work. Nobody has to want all four. It is enough to believe that good work can be done in more than one shape.</p>
<h2>Who started it</h2>
<p>The founder of FlexJobs started the campaign in 2013. She had built FlexJobs after a frustrating search for professional flexible work while expecting a first child, and she had kept a picture from her own childhood: a crowd of people balancing together, each one steady, all of them holding somebody else up. Life is a balancing act, and no one should have to do it on one leg.</p>
<p>The whole story is <a href="/blog/">on our blog</a>.</p>
<h2>How it works</h2>
<ul>
<li>You add your name and confirm it by email. That is your pledge.</li>
<li>You get a number, a page of your own, and a link. Everyone who joins through your link is counted beside you.</li>
<li>Companies, nonprofits, academic institutions and business leaders join <a href="/coalition/">the coalition</a> and say in public how their work bends.</li>
</ul>
<h2>How we count</h2>
<p>Only confirmed people count, each one once, and whoever withdraws is taken off again. We show the empty places next to the filled ones, because an honest small number is worth more than a large one nobody believes. <a href="/count/">The count, explained</a>.</p>
<h2>Contact</h2>
<p>Write to <a href="mailto:{address}">{address}</a>. A person reads it.</p>
"""

FAQ = """
<p>Short answers. If yours is missing, ask us: the address is on <a href="/about/#contact">the page about the campaign</a>.</p>
<h2>Adding your name</h2>
<h3>Does it cost anything?</h3>
<p>No. We ask for your name, not for money, and it takes about half a minute.</p>
<h3>Why do I have to confirm by email?</h3>
<p>Because a count is only worth something if every name in it belongs to somebody who meant it. Until you press the button in our mail, you are not counted, and after 21 days without it we erase what you typed.</p>
<h3>I have had no mail from you. What now?</h3>
<p>Please look in the folder for unwanted mail first. Then simply add your name again with the same address: we send the mail once more, and you are still counted only once.</p>
<h3>Somebody else used my address.</h3>
<p>Every confirmation mail has a link that says “this was not me”. It erases the entry and we never write to that address again.</p>
<h2>After signing</h2>
<h3>Who can see my name?</h3>
<p>Nobody, unless you ask us to show it. If you do, your name and country appear on the page of <a href="/supporters/">supporters</a>. Your email address is never shown to anyone.</p>
<h3>Can I change my mind?</h3>
<p>At any time. <a href="/pledge/link/">Ask for the link to your page</a>; there you can hide your name, stop the news, download what we hold, withdraw, or have everything erased.</p>
<h3>Will you send me a lot of mail?</h3>
<p>News comes about once a month, and only if you ticked the box. Every issue has a link that ends it at once.</p>
<h2>About flexible work</h2>
<h3>Is this against offices?</h3>
<p>No. Flexibility includes liking your office, and going there because it helps.</p>
<h3>My job cannot be done from home. Is this for me?</h3>
<p>Yes. A shift that can be swapped, a four-day week or fair terms for contract work are flexibility too.</p>
<h3>Can my employer sign?</h3>
<p>People add their names one by one, each for themselves. Organisations join <a href="/coalition/apply/">the coalition</a> instead.</p>
"""

PRIVACY = """
<p>We ask for little, keep less, and sell nothing.</p>
<h2>What we hold and why</h2>
<table><thead><tr><th scope="col">What</th><th scope="col">Why</th><th scope="col">How long</th></tr></thead><tbody>
<tr><th scope="row">Name</th><td>To count you as a person, and to show it if you asked</td><td>Until you have it erased; 21 days if never confirmed</td></tr>
<tr><th scope="row">Email address</th><td>To confirm that it is you and to let you manage your pledge; for news only if you ticked the box</td><td>Until you have it erased; 21 days if never confirmed</td></tr>
<tr><th scope="row">Country, region, kinds of flexibility, reason</th><td>To show where and why people sign. A person reads every reason before it appears</td><td>Until you have them erased; 21 days if never confirmed</td></tr>
<tr><th scope="row">Dates of signing, confirming and withdrawing, and the words you agreed to</th><td>To be able to show that you agreed</td><td>The dates stay with the count, without your name or address</td></tr>
</tbody></table>
<h2>What we do not do</h2>
<p>Our public pages set no cookies. They load nothing from anybody else: no scripts, fonts, pictures or pixels of third parties, no advertising, no analytics. We do not follow what you read or which mail you open.</p>
<p>To stop programs from flooding the form, we count requests per connection under a code from which the address cannot be read back, and forget it soon after.</p>
<h2>Who else sees it</h2>
<p>Nobody buys, rents or borrows our list. Your name and country are public only if you asked for it. Whoever runs the servers and the mail for us handles data on our behalf and for nothing else.</p>
<h2>Your controls</h2>
<p><a href="/pledge/link/">Ask for the link to your own page</a>. There you can change what is shown, stop the news, download everything we hold about you, withdraw from the count, or have it all erased. No reason needed, no questions asked.</p>
<p>If something about this worries you, write to <a href="mailto:{address}">{address}</a>. You may also complain to the data protection authority where you live.</p>
"""

ACCESSIBILITY = """
<p>A campaign for everyone has to work for everyone.</p>
<h2>What we aim for</h2>
<p>This site is built to meet the Web Content Accessibility Guidelines 2.2 at level AA. Every page can be used with a keyboard, with a screen reader, at 400 per cent zoom, on a narrow phone, in high contrast, in the dark, with animation switched off, and without JavaScript.</p>
<h2>How we check</h2>
<p>Automatic tests look at every public page in a real browser each time the site changes. They find some mistakes and miss others, which is why we would like to hear from you.</p>
<h2>What we know is missing</h2>
<p>Pictures in older blog posts and logos sent by coalition members depend on descriptions that people wrote; some may be poor. The site speaks English only so far.</p>
<h2>Tell us</h2>
<p>If something stands in your way, write to <a href="mailto:{address}">{address}</a> and say what you were trying to do. We will help you do it, and then repair it.</p>
"""

PAGES = {
    "/about/": ("About the campaign", ABOUT),
    "/faq/": ("Questions and answers", FAQ),
    "/privacy/": ("Privacy, in plain words", PRIVACY),
    "/accessibility/": ("Accessibility", ACCESSIBILITY),
}


def content_of(url):
    _title, words = PAGES[url]
    return words.strip().replace("{address}", parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def write(apps, schema_editor):
    FlatPage = apps.get_model("flatpages", "FlatPage")
    site, _created = apps.get_model("sites", "Site").objects.get_or_create(
        pk=settings.SITE_ID, defaults={"domain": "example.com", "name": "example.com"}
    )
    for url, (title, _words) in PAGES.items():
        if not FlatPage.objects.filter(url=url, sites=site).exists():
            page = FlatPage.objects.create(url=url, title=title, content=content_of(url))
            page.sites.add(site)


def remove_unedited(apps, schema_editor):
    FlatPage = apps.get_model("flatpages", "FlatPage")
    for url in PAGES:
        FlatPage.objects.filter(url=url, content=content_of(url)).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("flatpages", "0001_initial"),
        ("sites", "0002_alter_domain_unique"),
    ]
    operations = [migrations.RunPython(write, remove_unedited)]
