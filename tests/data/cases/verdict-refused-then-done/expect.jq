[.runs[] | [.strategy, .verdict, .proof]] == [["major-in-place", "failed", [2]], ["major-in-place", "succeeded", [4]]]
