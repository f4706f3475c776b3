"""What the admin's forms send."""


def post_form(**values):
    """Return what the form of a post sends; without a version it is a form of somebody's own making."""
    inline = {"former_slugs-TOTAL_FORMS": "0", "former_slugs-INITIAL_FORMS": "0"}
    return {"title": "Bread", "slug": "", "body": "*Good*", "body_format": "markdown", **inline, **values}


def filled(response):
    """Return what a browser would send from a page with a post's form, as it stands."""
    form = response.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if name != "published_at"}
    when = form["published_at"].value()
    if isinstance(when, list):
        sent |= {"published_at_0": when[0], "published_at_1": when[1]}
    elif when:
        sent |= {"published_at_0": f"{when:%Y-%m-%d}", "published_at_1": f"{when:%H:%M:%S}"}
    sent["tag_list"] = [getattr(tag, "pk", tag) for tag in sent["tag_list"] or ()]
    return post_form(**{name: value for name, value in sent.items() if value not in (None, False)})
