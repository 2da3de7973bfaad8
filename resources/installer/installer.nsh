; Windows lets no program make itself the mail program: it is listed among those a person can choose.
; SHCTX is the person's own registry or the machine's, as the installation was chosen.
!macro customInstall
  WriteRegStr SHCTX "Software\Clients\Mail\Postroom" "" "Postroom"
  WriteRegStr SHCTX "Software\Clients\Mail\Postroom\Capabilities" "ApplicationName" "Postroom"
  WriteRegStr SHCTX "Software\Clients\Mail\Postroom\Capabilities" "ApplicationDescription" "Mail for an office"
  WriteRegStr SHCTX "Software\Clients\Mail\Postroom\Capabilities\URLAssociations" "mailto" "Postroom.mailto"
  WriteRegStr SHCTX "Software\RegisteredApplications" "Postroom" "Software\Clients\Mail\Postroom\Capabilities"
  WriteRegStr SHCTX "Software\Classes\Postroom.mailto" "" "URL:mailto"
  WriteRegStr SHCTX "Software\Classes\Postroom.mailto" "URL Protocol" ""
  WriteRegStr SHCTX "Software\Classes\Postroom.mailto\DefaultIcon" "" '"$INSTDIR\postroom.exe",0'
  WriteRegStr SHCTX "Software\Classes\Postroom.mailto\shell\open\command" "" '"$INSTDIR\postroom.exe" "%1"'
!macroend

!macro customUnInstall
  DeleteRegKey SHCTX "Software\Clients\Mail\Postroom"
  DeleteRegKey SHCTX "Software\Classes\Postroom.mailto"
  DeleteRegValue SHCTX "Software\RegisteredApplications" "Postroom"
!macroend
