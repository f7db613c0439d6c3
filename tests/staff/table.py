"""The table of rights: what each of the staff gets at every address below /admin/.

`in` is a redirect to the login; 302 leads elsewhere in the admin or shows that something was done;
404 hides what is not theirs to see. Posts are empty: 200 asks again, 403 and 405 refuse.
A new model or address needs its rows here, and an object to try it on in `addresses.py`. Write `?`
twelve times, run the test with -vv, and judge each status it found before you copy the line.
"""

TABLE = """
                                                  GET                       POST
address                                           str nob Mod Edi Man own   str nob Mod Edi Man own
                                                |  in 200 200 200 200 200    in 200 200 200 200 200
<app_label>/                                    |  in 404 200 404 200 200    in 404 200 404 200 200
auth/user/                                      |  in 403 403 403 403 200    in 403 403 403 403 200
auth/user/<id>/password/                        |  in 403 403 403 403 200    in 403 403 403 403 200
auth/user/<object_id>/                          |  in 302 302 302 302 302    in 302 302 302 302 302
auth/user/<object_id>/change/                   |  in 403 403 403 403 200    in 403 403 403 403 200
auth/user/<object_id>/delete/                   |  in 403 403 403 403 200    in 403 403 403 403 200
auth/user/<object_id>/history/                  |  in 403 403 403 403 200    in 403 403 403 403 200
auth/user/add/                                  |  in 403 403 403 403 200    in 403 403 403 403 200
autocomplete/                                   |  in 403 403 403 403 403    in 405 405 405 405 405
blog/author/                                    |  in 403 403 200 200 200    in 403 403 200 200 200
blog/author/<object_id>/                        |  in 302 302 302 302 302    in 302 302 302 302 302
blog/author/<object_id>/change/                 |  in 403 403 200 200 200    in 403 403 200 200 200
blog/author/<object_id>/delete/                 |  in 403 403 200 200 200    in 403 403 200 200 200
blog/author/<object_id>/history/                |  in 403 403 200 200 200    in 403 403 200 200 200
blog/author/add/                                |  in 403 403 200 200 200    in 403 403 200 200 200
blog/image/                                     |  in 403 403 200 200 200    in 403 403 200 200 200
blog/image/<object_id>/                         |  in 302 302 302 302 302    in 302 302 302 302 302
blog/image/<object_id>/change/                  |  in 403 403 200 200 200    in 403 403 403 403 403
blog/image/<object_id>/delete/                  |  in 403 403 403 403 403    in 403 403 403 403 403
blog/image/<object_id>/history/                 |  in 403 403 200 200 200    in 403 403 200 200 200
blog/image/add/                                 |  in 403 403 403 403 403    in 403 403 403 403 403
blog/post/                                      |  in 403 403 200 200 200    in 403 403 200 200 200
blog/post/<object_id>/                          |  in 302 302 302 302 302    in 302 302 302 302 302
blog/post/<object_id>/change/                   |  in 403 403 200 200 200    in 403 403 200 200 200
blog/post/<object_id>/delete/                   |  in 403 403 200 200 200    in 403 403 200 200 200
blog/post/<object_id>/history/                  |  in 403 403 200 200 200    in 403 403 200 200 200
blog/post/<var>/history/<var>/                  |  in 403 403 200 200 200    in 403 403 200 200 200
blog/post/add/                                  |  in 403 403 200 200 200    in 403 403 200 200 200
blog/post/recover/                              |  in 403 403 200 200 200    in 403 403 200 200 200
blog/post/recover/<var>/                        |  in 403 403 200 200 200    in 403 403 200 200 200
blog/tag/                                       |  in 403 403 200 200 200    in 403 403 200 200 200
blog/tag/<object_id>/                           |  in 302 302 302 302 302    in 302 302 302 302 302
blog/tag/<object_id>/change/                    |  in 403 403 200 200 200    in 403 403 200 200 200
blog/tag/<object_id>/delete/                    |  in 403 403 200 200 200    in 403 403 200 200 200
blog/tag/<object_id>/history/                   |  in 403 403 200 200 200    in 403 403 200 200 200
blog/tag/add/                                   |  in 403 403 200 200 200    in 403 403 200 200 200
coalition/declinereason/                        |  in 403 200 403 200 200    in 403 200 403 200 200
coalition/declinereason/<object_id>/            |  in 302 302 302 302 302    in 302 302 302 302 302
coalition/declinereason/<object_id>/change/     |  in 403 200 403 200 200    in 403 200 403 200 200
coalition/declinereason/<object_id>/delete/     |  in 403 200 403 200 200    in 403 200 403 200 200
coalition/declinereason/<object_id>/history/    |  in 403 200 403 200 200    in 403 200 403 200 200
coalition/declinereason/add/                    |  in 403 200 403 200 200    in 403 200 403 200 200
coalition/member/                               |  in 403 200 403 200 200    in 403 200 403 200 200
coalition/member/<object_id>/                   |  in 302 302 302 302 302    in 302 302 302 302 302
coalition/member/<object_id>/change/            |  in 403 200 403 200 200    in 403 302 403 302 302
coalition/member/<object_id>/contact/           |  in 403 200 403 200 200    in 403 422 403 422 422
coalition/member/<object_id>/decide/            |  in 405 405 405 405 405    in 403 302 403 302 302
coalition/member/<object_id>/delete/            |  in 403 403 403 200 200    in 403 403 403 200 200
coalition/member/<object_id>/history/           |  in 403 200 403 200 200    in 403 200 403 200 200
coalition/member/add/                           |  in 403 403 403 403 403    in 403 403 403 403 403
coalition/revision/                             |  in 403 200 403 200 200    in 403 200 403 200 200
coalition/revision/<object_id>/                 |  in 302 302 302 302 302    in 302 302 302 302 302
coalition/revision/<object_id>/change/          |  in 403 200 403 200 200    in 403 302 403 302 302
coalition/revision/<object_id>/decide/          |  in 405 405 405 405 405    in 403 302 403 302 302
coalition/revision/<object_id>/delete/          |  in 403 403 403 200 200    in 403 403 403 200 200
coalition/revision/<object_id>/history/         |  in 403 200 403 200 200    in 403 200 403 200 200
coalition/revision/add/                         |  in 403 403 403 403 403    in 403 403 403 403 403
common/auditentry/                              |  in 403 403 403 200 200    in 403 403 403 200 200
common/auditentry/<object_id>/                  |  in 302 302 302 302 302    in 302 302 302 302 302
common/auditentry/<object_id>/change/           |  in 403 403 403 200 200    in 403 403 403 403 403
common/auditentry/<object_id>/delete/           |  in 403 403 403 403 403    in 403 403 403 403 403
common/auditentry/<object_id>/history/          |  in 403 403 403 200 200    in 403 403 403 200 200
common/auditentry/add/                          |  in 403 403 403 403 403    in 403 403 403 403 403
common/outboxmessage/                           |  in 403 403 403 200 200    in 403 403 403 200 200
common/outboxmessage/<object_id>/               |  in 302 302 302 302 302    in 302 302 302 302 302
common/outboxmessage/<object_id>/change/        |  in 403 403 403 200 200    in 403 403 403 302 302
common/outboxmessage/<object_id>/delete/        |  in 403 403 403 403 403    in 403 403 403 403 403
common/outboxmessage/<object_id>/history/       |  in 403 403 403 200 200    in 403 403 403 200 200
common/outboxmessage/add/                       |  in 403 403 403 403 403    in 403 403 403 403 403
flatpages/flatpage/                             |  in 403 403 200 200 200    in 403 403 200 200 200
flatpages/flatpage/<object_id>/                 |  in 302 302 302 302 302    in 302 302 302 302 302
flatpages/flatpage/<object_id>/change/          |  in 403 403 200 200 200    in 403 403 200 200 200
flatpages/flatpage/<object_id>/delete/          |  in 403 403 403 403 403    in 403 403 403 403 403
flatpages/flatpage/<object_id>/history/         |  in 403 403 200 200 200    in 403 403 200 200 200
flatpages/flatpage/add/                         |  in 403 403 403 403 403    in 403 403 403 403 403
jsi18n/                                         |  in 200 200 200 200 200    in 405 405 405 405 405
login/                                          | 200 302 302 302 302 302   200 200 200 200 200 200
logout/                                         | 302 405 405 405 405 405   302 200 200 200 200 200
password_change/                                |  in 200 200 200 200 200    in 200 200 200 200 200
password_change/done/                           |  in 200 200 200 200 200    in 405 405 405 405 405
pledges/block/                                  |  in 403 200 403 200 200    in 403 200 403 200 200
pledges/block/<object_id>/                      |  in 302 302 302 302 302    in 302 302 302 302 302
pledges/block/<object_id>/change/               |  in 403 200 403 200 200    in 403 403 403 302 302
pledges/block/<object_id>/delete/               |  in 403 403 403 200 200    in 403 403 403 200 200
pledges/block/<object_id>/history/              |  in 403 200 403 200 200    in 403 200 403 200 200
pledges/block/<object_id>/switch/               |  in 405 405 405 405 405    in 403 403 403 302 302
pledges/block/add/                              |  in 403 403 403 200 200    in 403 403 403 200 200
pledges/cleanup/                                |  in 403 403 403 200 200    in 403 403 403 200 200
pledges/cleanup/<object_id>/                    |  in 302 302 302 302 302    in 302 302 302 302 302
pledges/cleanup/<object_id>/change/             |  in 403 403 403 200 200    in 405 405 405 405 405
pledges/cleanup/<object_id>/delete/             |  in 403 403 403 403 403    in 403 403 403 403 403
pledges/cleanup/<object_id>/history/            |  in 403 403 403 200 200    in 403 403 403 200 200
pledges/cleanup/<object_id>/move/               |  in 405 405 405 405 405    in 403 403 403 302 302
pledges/cleanup/add/                            |  in 403 403 403 200 200    in 403 403 403 200 200
pledges/pledge/                                 |  in 403 200 403 200 200    in 403 200 403 200 200
pledges/pledge/<object_id>/                     |  in 302 302 302 302 302    in 302 302 302 302 302
pledges/pledge/<object_id>/change/              |  in 403 200 403 200 200    in 403 403 403 302 302
pledges/pledge/<object_id>/delete/              |  in 403 403 403 403 403    in 403 403 403 403 403
pledges/pledge/<object_id>/history/             |  in 403 200 403 200 200    in 403 200 403 200 200
pledges/pledge/add/                             |  in 403 403 403 403 403    in 403 403 403 403 403
pledges/voice/                                  |  in 403 200 403 200 200    in 403 200 403 200 200
pledges/voice/<object_id>/                      |  in 302 302 302 302 302    in 302 302 302 302 302
pledges/voice/<object_id>/change/               |  in 403 200 403 200 200    in 405 405 405 405 405
pledges/voice/<object_id>/delete/               |  in 403 403 403 403 403    in 403 403 403 403 403
pledges/voice/<object_id>/history/              |  in 403 200 403 200 200    in 403 200 403 200 200
pledges/voice/add/                              |  in 403 403 403 403 403    in 403 403 403 403 403
pledges/voice/decide/                           |  in 405 405 405 405 405    in 403 302 403 302 302
pledges/voicedeclinereason/                     |  in 403 200 403 200 200    in 403 200 403 200 200
pledges/voicedeclinereason/<object_id>/         |  in 302 302 302 302 302    in 302 302 302 302 302
pledges/voicedeclinereason/<object_id>/change/  |  in 403 200 403 200 200    in 403 200 403 200 200
pledges/voicedeclinereason/<object_id>/delete/  |  in 403 200 403 200 200    in 403 200 403 200 200
pledges/voicedeclinereason/<object_id>/history/ |  in 403 200 403 200 200    in 403 200 403 200 200
pledges/voicedeclinereason/add/                 |  in 403 200 403 200 200    in 403 200 403 200 200
r/<content_type_id>/<object_id>/                |  in 302 302 302 302 302    in 302 302 302 302 302
style-guide/                                    |  in 200 200 200 200 200   405 405 405 405 405 405
"""
