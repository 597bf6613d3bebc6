(.runs | length == 2) and ([.runs[] | [.verdict, .clocks.operation]] == [["succeeded", null], ["succeeded", null]])
