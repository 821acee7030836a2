"""The desk: the pages from which the office works, under /desk. Server-rendered, no script, Dutch.

gate     who may see a page: cookie, proxy header, form token      login    the way in and out
visit    one request of somebody who is logged in                  faults   pages for when it goes wrong
showing/ templates to HTML, the menu, what the screens say         days     days as people type them
routes   all pages, in order                                       goes     campaigns that wait
kept     what takes long to work out                               styles, files   the style sheets, served
pages/   the pages themselves
composing/, going/   what stands beside a campaign that is written; one that leaves

To add a page: a module in pages/ with `router = DeskRouter()`, named in `web/desk/routes.py`; a template that extends
templates/desk/frame.html; its place in MENU of showing/looks.py. A handler is a plain function (it runs in a thread,
and may use the database) from a Visit to a response:

    @router.page("/desk/things/{thing_id:path}")
    def show_thing(visit: Visit) -> Response:
        thing = read_thing(visit.engine, visit.path["thing_id"])      # tasks/…: the desk holds no SQL
        return visit.show("thing.html", thing=thing)

    @router.form("/desk/things/{thing_id:path}")                      # only with the session's form token
    def change_thing(visit: Visit) -> Response:
        with writing(visit.engine) as connection:
            change_it(connection, visit.path["thing_id"], visit.person.name, visit.at)
            visit.record(connection, "thing_change", visit.path["thing_id"], after={…})   # unless change_it does so
        return visit.done("/desk/things", "gewijzigd")                # 303; NOTES in showing/words.py says so next

The form in the template holds `{{ parts.token(visit) }}`. A refusal raises Refused with a sentence for the screen.
"""
